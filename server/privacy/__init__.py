"""Transactions that erase contacts and accounts and request exports, each with its audit record."""
