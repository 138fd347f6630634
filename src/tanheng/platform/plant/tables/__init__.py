"""The tables of the plant's ledgers."""
