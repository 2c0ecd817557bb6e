"""One client of Redis: how it is opened, what its failures mean."""
