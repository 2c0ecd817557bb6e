"""Generated content: chat histories, a busy day, profile pictures."""
