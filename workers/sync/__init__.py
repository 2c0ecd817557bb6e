"""Jobs that read UniPile's store: imports, sweeps and flags."""
