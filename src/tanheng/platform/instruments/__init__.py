"""Instruments of a plant: their ledger, life cycle, installations, chains, seals and certificates."""
