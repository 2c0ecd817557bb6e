"""Readers of the objects in UniPile's lists (unipile-api.md §§6–9)."""
