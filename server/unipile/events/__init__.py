"""UniPile's webhooks as our own events (unipile-api.md §3, §4): one module per kind; no database, no queue."""
