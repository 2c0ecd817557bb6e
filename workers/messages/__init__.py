"""Jobs that store and send messages."""
