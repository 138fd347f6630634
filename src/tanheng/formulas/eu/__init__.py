"""Embedded emissions of cement goods for the EU border adjustment: Implementing Regulation (EU) 2025/2547 and its neighbours.

The boundary is that of the installation, like the EU ETS: never reuse a figure of a product carbon footprint.
"""
