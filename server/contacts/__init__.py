"""Contacts: what the team records about them, in fields, labels and names of its own."""
