"""Sending: from a request to a queued row."""
