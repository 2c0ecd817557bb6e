"""Surveys: the question after a conversation, its answer, and what users and numbers were rated on average."""
