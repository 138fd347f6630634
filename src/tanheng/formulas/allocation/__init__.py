"""Allowances of the national ETS for clinker lines: intensity, deviation, coefficient, allowance, issuance, balance value.

Exemptions (A = E) and the floor to whole tonnes are rules of the rule book, on ``Decimal``; no formula here decides them.
"""
