"""Canned replies: who stores, shares and imports them."""
