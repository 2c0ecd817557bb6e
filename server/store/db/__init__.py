"""Cursors, transactions and prepared statements."""
