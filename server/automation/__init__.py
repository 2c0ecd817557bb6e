"""Rules and macros: who edits them, what they test, and what they do in chats."""
