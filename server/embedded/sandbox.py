"""The embedded UniPile sandbox: our simulator, run as its own process."""

import signal
import socket
import sys

from server.config import DEMO_EMAIL, ROOT, Config
from server.config.web import local_url
from server.embedded.children import Child, is_free
from server.embedded.folders import ServiceError, open_part
from server.embedded.packages import package_folder

PART = "sandbox"


def sandbox_server(config: Config) -> Child:
    """The sandbox's process, ready to be started."""
    if not (ROOT / PART).is_dir():
        raise ServiceError(
            "UNIPILE_DSN is not set, and this installation does not include the sandbox: set UNIPILE_DSN."
        )
    package_folder("segno", variable="UNIPILE_DSN")
    part, owner = open_part(config.data_dir, PART)
    port = config.sandbox.port
    return Child(
        name="The UniPile sandbox",
        data_dir=config.data_dir,
        part=PART,
        command=[
            *(sys.executable, "-m", "sandbox"),
            *("--port", str(port), "--data", str(part), f"--api-key={config.unipile.api_key}"),
            # The team of a busy day works in the inbox, as the demo user's.
            *("--inbox", local_url(config.web), "--inbox-email", DEMO_EMAIL),
            # With the sign: a password that begins with a hyphen would be read as an option.
            f"--inbox-password={config.secrets.demo_password}",
        ],
        port=port,
        owner=owner,
        stop_signal=signal.SIGTERM,
        is_ready=lambda: _answers(port),
        # Do not write bytecode into a checkout owned by another user.
        environment={"PYTHONDONTWRITEBYTECODE": "1"} if owner.uid != ROOT.stat().st_uid else {},
        folder=ROOT,
        before_start=lambda: _check_port(port),
    )


def _check_port(port: int) -> None:
    if not is_free(port):
        raise ServiceError(
            f"Port {port} of 127.0.0.1, for the UniPile sandbox, is in use: free it or set SANDBOX_PORT."
        )


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
