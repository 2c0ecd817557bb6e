"""The Redis client, its channels, and explanations of its errors."""
