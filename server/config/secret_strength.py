"""Tells a secret from an example of one."""

MIN_DIFFERENT_CHARACTERS = 6
EXAMPLE_BEGINNINGS = ("change", "secret", "password", "example", "your", "test", "replace", "sandbox-")


def complaint_about(value: str, min_bytes: int) -> str | None:
    """What is wrong with a value as a secret of at least this length; None when it will do."""
    if not value:
        return "is not set"
    if value.lower().startswith(EXAMPLE_BEGINNINGS) or len(set(value)) < min(
        MIN_DIFFERENT_CHARACTERS, min_bytes
    ):
        return "is an example, not a secret"
    if len(value.encode()) < min_bytes:
        return f"is too short: it needs at least {min_bytes} bytes"
    return None
