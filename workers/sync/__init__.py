"""Jobs that read UniPile's store."""
