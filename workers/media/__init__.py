"""Jobs that copy media and avatars, and tasks that delete files without references."""
