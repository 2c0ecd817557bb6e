"""What every request passes through: application keys, guards, request bodies."""
