"""Instruments: their life cycle, where they were installed, the chains they form, and the certificates behind them."""
