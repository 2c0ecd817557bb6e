"""Access tokens, passwords and one-time links."""
