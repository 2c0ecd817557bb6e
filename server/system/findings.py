"""The result of one check of the installation, by `run.py doctor` and on the page System."""

from dataclasses import dataclass
from typing import Literal

from server.said.said import Said

OK, WARNING, FAILED = "ok", "warning", "failed"

# The app has a name for each (frontend/src/features/system/labels.ts).
CheckName = Literal[
    "worker",
    "queues",
    "jobs",
    "redis",
    "redis keeps",
    "redis writes",
    "dead letters",
    "accounts",
    "backup",
    "restored",
    "database",
    "connections",
    "migrations",
    "rights",
    "clock",
    "erasure keys",
    "usage",
    "chat counts",
    "filter counts",
    "survey counts",
    "counters",
    "media",
    "unipile",
    "webhooks",
    "mail",
    "public url",
    "asset url",
    "settings",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; a `failed` one makes the exit code 1."""

    name: CheckName
    state: str
    message: Said

    def on_wire(self) -> dict[str, object]:
        """As it is sent and printed: in English, and by its code."""
        said = {"message": self.message, **self.message.on_wire()}
        return {"name": self.name, "state": self.state, **said}
