"""Readers of UniPile's fields, one module per shape: the only place that knows how v1 and its variants write them."""
