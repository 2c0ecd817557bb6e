"""Names of the Redis pub/sub channels; the braces keep one account's traffic in one cluster slot."""

# Heard by every web instance: look now at who may still hear what; or a user's id and a frame for their sockets.
CONTROL = "confab:control"
ACCOUNT_PREFIX = "confab:account:"


def account_channel(account_id: int) -> str:
    """Everything that happens to one account."""
    return f"{ACCOUNT_PREFIX}{{{account_id}}}"


def parse_channel(name: str) -> int | None:
    """The account's id, or None for the control channel."""
    return int(name[len(ACCOUNT_PREFIX) + 1 : -1]) if name.startswith(ACCOUNT_PREFIX) else None


def probe_channel(token: str) -> str:
    """A channel that only the process of this token listens to, to see whether it hears anything."""
    return f"confab:probe:{token}"
