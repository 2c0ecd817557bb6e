"""What Confab does by itself: how far consumers have read the feeds of accounts, and the office hours of numbers."""
