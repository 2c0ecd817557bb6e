"""Pure decisions: no rows, no requests, no clock."""
