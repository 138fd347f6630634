"""Migrations of the pages."""
