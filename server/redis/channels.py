"""Names of the Redis pub/sub channels. The braces put all keys of an account into one cluster slot."""

# Subscribed by every web instance: either "check permissions now", or a user's id and a frame for their sockets.
CONTROL = "confab:control"
ACCOUNT_PREFIX = "confab:account:"


def account_channel(account_id: int) -> str:
    """The channel of one account's frames."""
    return f"{ACCOUNT_PREFIX}{{{account_id}}}"


def parse_channel(name: str) -> int | None:
    """The account's id, or None for the control channel."""
    return int(name[len(ACCOUNT_PREFIX) + 1 : -1]) if name.startswith(ACCOUNT_PREFIX) else None


def probe_channel(token: str) -> str:
    """A channel that one process publishes to and subscribes, to check that its subscription works."""
    return f"confab:probe:{token}"
