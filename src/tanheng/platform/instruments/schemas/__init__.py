"""Payload schemas of the instruments app."""
