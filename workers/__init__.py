"""The queue process: takes jobs by name and does what the web process must not wait for."""
