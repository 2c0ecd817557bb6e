"""A real PgBouncer in transaction mode in front of the session's Postgres."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from server.config import ROOT
from tests.support.ports import free_port
from tests.support.services import Services

START_SECONDS = 20.0
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
ignore_startup_parameters = {ignored}
"""


@dataclass(frozen=True)
class PgBouncer:
    """A running PgBouncer."""

    port: int

    def url(self, database_url: str) -> str:
        """The address of the same database through the pooler."""
        parts = urlsplit(database_url)
        return parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{self.port}").geturl()


@pytest.fixture(scope="session")
def pgbouncer_path() -> str:
    """The PgBouncer of this machine; without one the tests fail with the finder's message."""
    found = subprocess.run([ROOT / ".ci" / "pgbouncer"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip(), pytrace=False)
    return found.stdout.strip()


@pytest.fixture(scope="session")
def pgbouncer(services: Services, pgbouncer_path: str) -> Iterator[PgBouncer]:
    """Two server connections for all clients of a database, so that clients share them."""
    with run_pgbouncer(pgbouncer_path, services) as running:
        yield running


@contextmanager
def run_pgbouncer(
    path: str, services: Services, *, ignored: str = "", connections: int = 2
) -> Iterator[PgBouncer]:
    folder = Path(tempfile.mkdtemp(prefix="confab-pgbouncer-"))
    port, url = free_port(), urlsplit(services.postgres.url)
    text = CONFIGURATION.format(
        server_port=url.port, port=port, folder=folder, ignored=ignored, connections=connections
    )
    (folder / "pgbouncer.ini").write_text(text)
    (folder / "users").write_text(f'"{url.username}" "{url.password}"\n')
    command = [path, str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:  # PgBouncer refuses to run as root
        user = pwd.getpwnam("nobody")
        for item in (folder, *folder.iterdir()):
            os.chown(item, user.pw_uid, user.pw_gid)
        command[1:1] = ["-u", "nobody"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(process, port, folder / "log")
        yield PgBouncer(port)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.01)


@contextmanager
def pooled_client(url: str) -> "Iterator[psycopg2.extensions.connection]":
    """Another client of the pooler, which sets no parameters itself."""
    connection = psycopg2.connect(url, options="")
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()
