"""Statements that hand out chats without an owner: who can get one, who gets which, and what each user has."""
