"""Clinker output: by stock balance, from the kiln feed, and split between lines that share a store or a scale."""
