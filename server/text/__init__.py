"""Reads what people write: names, numbers, times, and where a text may be cut."""
