"""The sandbox's startup settings; everything else is a fault switch or a control call."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Inbox:
    """The Confab whose team plays its part of a busy day: its address, and how its demo user signs in."""

    url: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Times are in seconds. Without a data folder, data is in memory only."""

    api_key: str = "sandbox-key"
    data: Path | None = None
    qr_seconds: float = 60
    pairing_seconds: float = 180
    attempt_seconds: float = 300
    webhook_timeout: float = 30
    # UniPile documents "five, growing" retries without figures.
    webhook_retries: tuple[float, ...] = (2, 10, 30, 120, 600)
    webhook_concurrency: int = 32
    ok_seconds: float = 0.3
    sync_seconds: float = 1.5
    echo_seconds: float = 0.05
    delivered_seconds: float = 0.4
    edit_window_seconds: float = 15 * 60
    delete_window_seconds: float = 48 * 3600
    save_seconds: float = 0.1
    max_upload_bytes: int = 15 * 1024 * 1024
    inbox: Inbox | None = None
    clock: Callable[[], float] = time.time
