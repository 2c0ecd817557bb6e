"""The version before this one, taken out of the repository's history: what a rolling upgrade begins with."""

import io
import subprocess
import tarfile
from pathlib import Path

from server.config import ROOT

# The last commit of the version before. A release moves both to its own last commit and schema.
VERSION_BEFORE = "9343784d642680d9e933fd0df4908b974d7f4e55"
SCHEMA_BEFORE = 72
# What an installation runs of a checkout.
PROGRAM = ("run.py", "worker.py", "config.toml", "server", "workers", "migrations", "static")


class NoHistoryError(Exception):
    """The checkout is shallow, or an export without a repository."""


def unpack_version_before(folder: Path) -> None:
    """Write its program into this folder; raises NoHistoryError."""
    command = ["git", "archive", VERSION_BEFORE, "--", *PROGRAM]
    try:
        archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoHistoryError(
            f"the history has no commit {VERSION_BEFORE[:12]} (a shallow checkout?)"
        ) from error
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
