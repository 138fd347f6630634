"""Accounts: people, their roles at plants, invitations, tokens, and the actor that services check."""
