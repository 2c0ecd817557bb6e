"""A Redis with replicas that Sentinels watch: they promote a replica when the primary is killed."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import redis

from server.embedded.valkey import Valkey
from tests.support.ports import free_port
from tests.support.services import run_valkey

SERVICE, PASSWORD, SENTINEL_PASSWORD = "inbox", "pw", "watch"
SENTINELS, QUORUM, DOWN_AFTER_MS = 3, 2, 500
CONFIGURATION = """
port {port}
bind 127.0.0.1
dir {folder}
loglevel warning
requirepass {own}
sentinel sentinel-pass {own}
sentinel monitor {service} 127.0.0.1 {primary} {quorum}
sentinel auth-pass {service} {password}
sentinel down-after-milliseconds {service} {down_after}
sentinel failover-timeout {service} 5000
"""


@dataclass
class Watched:
    """The servers, the first of which is the primary until it is killed, and the Sentinels' ports."""

    servers: list[Valkey]
    sentinels: list[int]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinels)
        return f"redis+sentinel://:{PASSWORD}@{hosts}/{SERVICE}/0?sentinel_password={SENTINEL_PASSWORD}"

    @property
    def is_ready(self) -> bool:
        """Whether the primary has all replicas, and each Sentinel knows them and the other Sentinels."""
        replicas = len(self.servers) - 1
        wanted = replicas, SENTINELS - 1
        return self._online() == replicas and all(self._known(port) == wanted for port in self.sentinels)

    def _online(self) -> int:
        """How many replicas the primary has that have loaded its data."""
        with closing(redis.Redis(port=self.servers[0].port, password=PASSWORD)) as client:
            state = cast(dict[str, object], client.info("replication"))
        return sum(isinstance(value, dict) and value.get("state") == "online" for value in state.values())

    @staticmethod
    def _known(port: int) -> tuple[int, int] | None:
        with closing(redis.Redis(port=port, password=SENTINEL_PASSWORD)) as client:
            try:
                state = client.sentinel_masters()[SERVICE]  # type: ignore[no-untyped-call]
            except redis.ConnectionError:
                return None
            return state["num-slaves"], state["num-other-sentinels"]


def _follow(server: Valkey, primary: Valkey | None) -> None:
    """Give the server the shared password, and make it a replica."""
    with closing(redis.Redis.from_url(server.url)) as client:
        client.config_set("masterauth", PASSWORD)
        client.config_set("repl-diskless-sync-delay", 0)
        if primary is not None:
            client.replicaof("127.0.0.1", primary.port)
        client.config_set("requirepass", PASSWORD)


@contextmanager
def run_watched(replicas: int) -> Iterator[Watched]:
    """A primary with so many replicas, and three Sentinels, two of which must agree."""
    with ExitStack() as stack:
        primary, *others = servers = [stack.enter_context(run_valkey()) for _ in range(1 + replicas)]
        _follow(primary, None)
        for server in others:
            _follow(server, primary)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="confab-tests-")))
        ports = [stack.enter_context(_sentinel(folder / str(n), primary)) for n in range(SENTINELS)]
        yield Watched(servers, ports)


@contextmanager
def _sentinel(folder: Path, primary: Valkey) -> Iterator[int]:
    port = free_port()
    folder.mkdir()
    file = folder / "sentinel.conf"
    text = CONFIGURATION.format(
        port=port,
        folder=folder,
        own=SENTINEL_PASSWORD,
        service=SERVICE,
        primary=primary.port,
        quorum=QUORUM,
        password=PASSWORD,
        down_after=DOWN_AFTER_MS,
    )
    file.write_text(text)
    process = subprocess.Popen([primary.child.command[0], str(file), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.kill()
        process.wait()
