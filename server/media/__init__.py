"""Files: where their bytes are kept and what they are."""
