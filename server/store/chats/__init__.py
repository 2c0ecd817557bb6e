"""SQL of chats and contacts."""
