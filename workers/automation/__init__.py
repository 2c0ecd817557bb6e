"""What Confab does by itself after something has happened in a chat."""
