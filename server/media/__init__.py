"""Media files: storage, types, sizes, and CSV."""
