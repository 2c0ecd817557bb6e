"""Pure decisions, without rows, requests or a clock."""
