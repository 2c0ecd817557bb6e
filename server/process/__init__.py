"""What a process needs around its work: logs, loop, exit, schema."""
