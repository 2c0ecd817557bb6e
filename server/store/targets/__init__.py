"""Targets: how fast customers are to be answered, and the clocks of chats that follow from them."""
