"""Messages that users send: first messages, sends, retries and amendments, from the request to the queued row."""
