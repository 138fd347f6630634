"""The filters of the plant's ledgers."""
