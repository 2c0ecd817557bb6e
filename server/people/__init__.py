"""What the app and the commands do to users, in one transaction with its audit line."""
