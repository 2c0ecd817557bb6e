"""Decisions about answers: what a number sends by itself, how ratings are read, and by when customers are answered."""
