"""Runs the sandbox as a standalone server: `python -m sandbox --port 4000 --data var/sandbox`."""

import argparse
import asyncio
import contextlib
import signal
import sqlite3
import sys
from pathlib import Path

from aiohttp import web

from sandbox.app import create_sandbox
from sandbox.settings import Inbox, SandboxSettings

SHUTDOWN_SECONDS = 2
DEFAULTS = SandboxSettings()


def delays(value: str) -> tuple[float, ...]:
    """Parse comma-separated seconds, such as "2,10,30,120,600"."""
    values = tuple(float(part) for part in value.split(",") if part.strip())
    if any(not 0 <= value < 1e6 for value in values):
        raise ValueError(value)
    return values


def seconds(value: str) -> float:
    """Parse a number of seconds."""
    return delays(value)[0]


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        "sandbox", description="A simulator of the UniPile API v1 with a phone page."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4000)
    parser.add_argument("--data", type=Path, help="data folder; without it, data is in memory only")
    parser.add_argument("--api-key", default=DEFAULTS.api_key)
    for name, meaning in (
        ("qr-seconds", "lifetime of a QR code"),
        ("attempt-seconds", "lifetime of a pairing that is not scanned"),
        ("webhook-timeout", "timeout of a webhook call"),
        ("ok-seconds", "delay from the scan to OK"),
        ("sync-seconds", "delay from OK to SYNC_SUCCESS"),
        ("echo-seconds", "delay from the response of a send to its echo webhook"),
        ("delivered-seconds", "delay from a send to its delivery on the phone"),
    ):
        default = getattr(DEFAULTS, name.replace("-", "_"))
        parser.add_argument(
            f"--{name}", type=seconds, default=default, help=f"{meaning} (default {default:g})"
        )
    parser.add_argument("--inbox", help="address of the Confab whose team plays its part of a busy day")
    parser.add_argument("--inbox-email", default="", help="who signs in there, as an owner of the team")
    parser.add_argument(
        "--inbox-password", default="", help="their password, and that of the agents they invite"
    )
    parser.add_argument(
        "--webhook-retries",
        type=delays,
        default=DEFAULTS.webhook_retries,
        help="seconds between attempts (default 2,10,30,120,600)",
    )
    return parser.parse_args(arguments)


async def serve(host: str, port: int, settings: SandboxSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(stop_signal, stop.set)
    runner = web.AppRunner(create_sandbox(settings), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        port = runner.addresses[0][1]
        print(f"UniPile sandbox on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Run the sandbox; print one sentence if it cannot start."""
    options = vars(read_arguments())
    host, port, folder = options.pop("host"), options.pop("port"), options["data"]
    url, email, password = (options.pop(name) for name in ("inbox", "inbox_email", "inbox_password"))
    options["inbox"] = None if url is None else Inbox(url.rstrip("/"), email, password)
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"The sandbox cannot use its data folder {folder}: {error.strerror}.", file=sys.stderr)
        return 1
    try:
        asyncio.run(serve(host, port, SandboxSettings(**options)))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"The sandbox cannot listen on {host} port {port}: {reason}.", file=sys.stderr)
        return 1
    except sqlite3.Error as error:
        print(f"The sandbox cannot use its data folder {folder}: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
