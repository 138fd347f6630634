"""CO₂ at the stack: volume flow, concentration, and their product, on the calculation annex of HJ 75-2017 and HJ 76-2017.

The equations are those of a public implementation of the annex. The base (wet or dry, actual or standard state) stands in
the name of each argument, because dry times wet is wrong by the moisture. Standard state is 273 K and 101 325 Pa.
No correction to a reference oxygen is made: that is for concentration limits, never for a mass.
"""
