"""Sums, differences, ratios and means: the steps of a rule book that need no document."""
