"""The resources of the plant's ledgers."""
