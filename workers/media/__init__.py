"""Jobs that copy files."""
