"""Accounts: linking and reconnecting them, their members and payer, and the errors of their provider."""
