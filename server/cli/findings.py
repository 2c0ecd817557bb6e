"""What a check of `run.py doctor` found."""

from dataclasses import dataclass

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; only `failed` ones make the exit code 1."""

    name: str
    state: str
    message: str
