"""Rejects secrets that are missing, too short, or copied from an example."""

MIN_DIFFERENT_CHARACTERS = 6
EXAMPLE_BEGINNINGS = ("change", "secret", "password", "example", "your", "test", "replace", "sandbox-")


def secret_problem(value: str, min_bytes: int) -> str | None:
    """What is wrong with a value as a secret of at least this length, or None."""
    if not value:
        return "is not set"
    if value.lower().startswith(EXAMPLE_BEGINNINGS) or len(set(value)) < min(
        MIN_DIFFERENT_CHARACTERS, min_bytes
    ):
        return "is an example, not a secret"
    if len(value.encode()) < min_bytes:
        return f"is too short (at least {min_bytes} bytes)"
    return None
