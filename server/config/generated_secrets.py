"""Keeps the secrets that Confab makes up for itself, in one file only its owner can read."""

import json
import os
import secrets
from pathlib import Path

FILE_NAME = "secrets.json"


class KeyringError(Exception):
    """The file cannot be read or written; the message is one sentence that names it."""


def read_keyring(data_dir: Path) -> dict[str, str]:
    """Return the kept secrets; makes the folder and whatever is missing on first use."""
    path = data_dir / FILE_NAME
    try:
        kept = _stored(path)
        complete = {**_new_secrets(), **kept}
        if complete != kept:
            data_dir.mkdir(parents=True, exist_ok=True)
            _write(path, complete)
    except OSError as error:
        raise KeyringError(f"The data folder {data_dir} cannot be used: {describe(error)}.") from error
    return complete


def describe(error: OSError) -> str:
    """Say what the system said, with the path it said it about."""
    path = f" ({error.filename})" if error.filename else ""
    return f"{(error.strerror or str(error)).lower()}{path}"


def _new_secrets() -> dict[str, str]:
    return {"jwt_secret": secrets.token_urlsafe(48), "demo_password": secrets.token_urlsafe(9)}


def _stored(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        raise KeyringError(f"{path} is not a list of secrets any more: delete it and new ones are made.")
    return kept


def _write(path: Path, content: dict[str, str]) -> None:
    # Written beside and moved into place: a start that is killed here must not leave half a file.
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    beside.replace(path)
