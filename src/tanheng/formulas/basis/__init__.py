"""Coal and other wet materials between bases (as received, air-dried, dry) and between places (delivered, mill, kiln).

A change of place is a change of moisture; a change of basis too. The dry matter is what stays.
"""
