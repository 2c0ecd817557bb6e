"""Jobs that copy media and avatars."""
