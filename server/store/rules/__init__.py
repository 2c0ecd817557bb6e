"""Rules and macros: their rows, what the conditions ask of chats, and each run."""
