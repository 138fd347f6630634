"""The plant: the enterprise, its sites, its permits and its production lines. The pattern that every ledger follows."""
