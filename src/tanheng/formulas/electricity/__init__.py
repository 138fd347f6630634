"""Electricity: the balance of what is bought, made and sold, its parts by origin, and their emissions."""
