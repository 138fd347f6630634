"""Keys, envelopes, statements, the transparency log, its witnesses and proofs. Verifying raises. Files only through ports."""
