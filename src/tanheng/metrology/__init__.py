"""Metrology of a plant: its carbon-flow network, its instruments and certificates, and how completely it is equipped.

Pure: plant data and the rule pack come in, findings, rates and drawings go out. No database, no clock.
"""
