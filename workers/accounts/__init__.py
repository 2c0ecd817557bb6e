"""Jobs about the state of accounts."""
