"""Backups: written beside a running Confab, checked, pruned, and read again into an empty one."""
