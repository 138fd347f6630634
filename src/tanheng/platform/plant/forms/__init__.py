"""The forms of the plant's ledgers."""
