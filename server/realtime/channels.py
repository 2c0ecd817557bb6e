"""Names of the Redis pub/sub channels; the braces keep one account's or user's traffic in one cluster slot."""

CONTROL = "confab:control"
ACCOUNT_PREFIX = "confab:account:"
USER_PREFIX = "confab:user:"


def account_channel(account_id: int) -> str:
    """Everything that happens to one account."""
    return f"{ACCOUNT_PREFIX}{{{account_id}}}"


def user_channel(user_id: int) -> str:
    """That what a user may see has changed."""
    return f"{USER_PREFIX}{{{user_id}}}"


def parse_channel(name: str) -> tuple[str, int] | None:
    """("account" or "user", id), or None for the control channel."""
    for kind, prefix in (("account", ACCOUNT_PREFIX), ("user", USER_PREFIX)):
        if name.startswith(prefix):
            return kind, int(name[len(prefix) + 1 : -1])
    return None
