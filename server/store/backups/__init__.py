"""The SQL of backups and restores."""
