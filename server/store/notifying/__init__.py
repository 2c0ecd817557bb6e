"""The SQL of notifications on their way out: devices of web push, deliveries to them, digests by mail."""
