"""Who sends a request: access tokens, API keys, and the cookies of sessions and media."""
