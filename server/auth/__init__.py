"""Tokens, passwords and one-time links."""
