"""Conversations: what is open, who owns a chat, and what users did with it."""
