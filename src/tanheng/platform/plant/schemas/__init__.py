"""Payload schemas of the plant app; a released one is never edited."""
