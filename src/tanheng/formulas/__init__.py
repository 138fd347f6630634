"""Formulas of the standards, as plain functions that run on every kind of number."""
