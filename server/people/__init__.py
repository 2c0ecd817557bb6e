"""Transactions on users, their links, API keys and sessions, each with its audit record."""
