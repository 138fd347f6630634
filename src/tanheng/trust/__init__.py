"""Keys, envelopes, statements, the transparency log, its proofs and its witness."""
