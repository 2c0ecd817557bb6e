"""Jobs about users: mail and usage."""
