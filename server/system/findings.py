"""The result of one check of the installation, by `run.py doctor` and on the page System."""

from dataclasses import dataclass

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; a `failed` one makes the exit code 1."""

    name: str
    state: str
    message: str
