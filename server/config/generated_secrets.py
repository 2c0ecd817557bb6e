"""Generates the secrets of sandbox mode and stores them in a file that only its owner can read."""

import json
import os
import secrets
from pathlib import Path

from server.config.webpush import make_private_key

FILE_NAME = "secrets.json"


class GeneratedSecretsError(Exception):
    """The file cannot be read or written; the message is one sentence that names it."""


def read_generated_secrets(data_dir: Path) -> dict[str, str]:
    """The stored secrets. Creates the folder, and generates missing secrets, on first use."""
    path = data_dir / FILE_NAME
    try:
        stored = _read_file(path)
        complete = {**_new_secrets(), **stored}
        if complete != stored:
            data_dir.mkdir(parents=True, exist_ok=True)
            _write_file(path, complete)
    except OSError as error:
        raise GeneratedSecretsError(
            f"The data folder {data_dir} cannot be used ({describe_os_error(error)}): fix it or set another DATA_DIR."
        ) from error
    return complete


def describe_os_error(error: OSError) -> str:
    """The system's error message and the path it refers to."""
    path = f" ({error.filename})" if error.filename else ""
    return f"{(error.strerror or str(error)).lower()}{path}"


def _new_secrets() -> dict[str, str]:
    return {
        "jwt_secret": secrets.token_urlsafe(48),
        "demo_password": secrets.token_urlsafe(9),
        "vapid_private_key": make_private_key(),
    }


def _read_file(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        stored = None
    if not isinstance(stored, dict) or not all(isinstance(value, str) for value in stored.values()):
        raise GeneratedSecretsError(f"{path} is damaged: delete it, and new secrets are generated.")
    return stored


def _write_file(path: Path, content: dict[str, str]) -> None:
    # Written to a temporary file and renamed, so that a start that is killed here leaves no partial file.
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    temporary.replace(path)
