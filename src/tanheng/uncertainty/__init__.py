"""Measurement uncertainty: evaluation, propagation, Monte Carlo, reconciliation, control charts."""
