"""Jobs about the state of accounts, and requests of their sweeps."""
