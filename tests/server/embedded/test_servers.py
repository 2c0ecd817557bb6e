"""The embedded servers as real processes: data survives, they restart, leave no processes, and report errors."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
import redis

from server.config import ROOT, Config
from server.embedded import ServiceError, embedded_services
from server.embedded.children import PORTS
from server.embedded.packages import package_folder
from tests.support.programs import query, servers_on, signal_running, wait_for

# Confab without its web part: starts the servers, prints their URLs, waits to be killed.
HOLDER = """
import sys, time
from pathlib import Path
from server.config import ROOT, load_config
from server.embedded import embedded_services
environ = {"DATA_DIR": sys.argv[1], "SANDBOX_PORT": sys.argv[2]}
with embedded_services(load_config(environ, ROOT / "config.toml")) as config:
    print(config.database.url, config.redis.url, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(config: Config) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(config.data_dir), str(config.sandbox.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process
        process.kill()


def redis_of(config: Config) -> "closing[redis.Redis]":
    assert config.redis.url
    return closing(redis.Redis.from_url(config.redis.url, decode_responses=True))


def answers(check: Callable[[], object]) -> bool:
    try:
        check()
    except (psycopg2.Error, redis.RedisError):
        return False
    return True


def test_urls_are_filled_in_and_data_survives_a_restart(config: Config) -> None:
    with embedded_services(config) as running:
        assert running.unipile.dsn == f"http://127.0.0.1:{config.sandbox.port}"
        query(running, "create table kept as select 7 as number")
        with redis_of(running) as client:
            client.set("kept", "yes")
    assert servers_on(config.data_dir) == []
    with embedded_services(config) as running:
        assert query(running, "select number from kept") == 7
        with redis_of(running) as client:
            assert client.get("kept") == "yes"


def test_acknowledged_writes_survive(without_sandbox: Config) -> None:
    with embedded_services(without_sandbox) as running:
        assert query(running, "show synchronous_commit") == "on"
        assert query(running, "show fsync") == "on"
        with redis_of(running) as client:
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_other_users_of_the_machine_have_no_access(without_sandbox: Config) -> None:
    with embedded_services(without_sandbox) as running:
        assert running.database.url
        assert running.redis.url
        for user, password in (("confab", "guess"), ("postgres", "")):
            port = running.database.url.rpartition(":")[2].partition("/")[0]
            with pytest.raises(psycopg2.OperationalError):
                psycopg2.connect(f"postgresql://{user}:{password}@127.0.0.1:{port}/confab")
        with (
            closing(redis.Redis.from_url(f"redis://{running.redis.url.rpartition('@')[2]}")) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
        for part in ("postgres", "redis"):
            assert stat.S_IMODE((running.data_dir / part).stat().st_mode) == 0o700
        assert stat.S_IMODE((running.data_dir / "run" / "services.json").stat().st_mode) == 0o600
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(running, "select pg_read_file('/etc/passwd')")


def test_a_server_with_a_configured_url_is_not_started(config: Config) -> None:
    given = replace(
        config,
        database=replace(config.database, url="postgresql://elsewhere/db"),
        unipile=replace(config.unipile, dsn="https://api.example.com"),
    )
    with embedded_services(given) as running:
        assert running.database.url == "postgresql://elsewhere/db"
        assert running.unipile.dsn == "https://api.example.com"
        with redis_of(running) as client:
            assert client.ping()
    assert not (config.data_dir / "postgres").exists()
    assert not (config.data_dir / "sandbox").exists()


def test_nothing_is_started_when_every_url_is_configured(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.embedded.postgres.package_folder", _fail_import)
    monkeypatch.setattr("server.embedded.valkey.package_folder", _fail_import)
    given = replace(
        config,
        data_dir=Path("/proc/nowhere"),
        database=replace(config.database, url="postgresql://elsewhere/db"),
        redis=replace(config.redis, url="redis://elsewhere"),
        unipile=replace(config.unipile, dsn="https://api.example.com"),
    )
    with embedded_services(given) as running:
        assert running == given


def _fail_import(name: str, **_: str) -> Path:
    raise AssertionError(name)


def test_a_missing_package_is_named_with_its_install_command() -> None:
    with pytest.raises(ServiceError, match=r"DATABASE_URL.*no-such-package .*requirements/embedded\.txt"):
        package_folder("no_such_package", variable="DATABASE_URL")


def test_kill_9_leaves_no_server_and_the_next_start_finds_its_data(
    config: Config, holder: "subprocess.Popen[str]"
) -> None:
    assert holder.stdout
    url, redis_url = holder.stdout.readline().split()
    configured = replace(
        config, database=replace(config.database, url=url), redis=replace(config.redis, url=redis_url)
    )
    query(configured, "create table kept as select 7 as number")
    with redis_of(configured) as client:
        client.rpush("kept", "job")
    holder.kill()
    holder.wait()
    # Immediately, while the old servers may still be stopping: the next start waits for them.
    with embedded_services(config) as running:
        assert query(running, "select number from kept") == 7
        with redis_of(running) as client:
            assert client.lrange("kept", 0, -1) == ["job"]
    assert servers_on(config.data_dir) == []


def test_sigterm_and_the_end_of_the_process_leave_no_server(
    config: Config, holder: "subprocess.Popen[str]"
) -> None:
    assert holder.stdout
    holder.stdout.readline()
    assert len(servers_on(config.data_dir)) > 3
    holder.send_signal(signal.SIGTERM)
    holder.wait()
    wait_for(lambda: not servers_on(config.data_dir))


def test_a_pid_file_with_a_reused_pid_does_not_block_the_start(without_sandbox: Config) -> None:
    """After a kill -9 the pid in postmaster.pid is soon reused by another process, above all in containers."""
    with embedded_services(without_sandbox):
        pass
    cluster = without_sandbox.data_dir / "postgres" / "data"
    (cluster / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster}\n0\n5432\n\n127.0.0.1\n\n")
    with embedded_services(without_sandbox) as running:
        assert query(running, "select 1") == 1


def test_an_interrupted_first_start_is_repeated(without_sandbox: Config) -> None:
    with embedded_services(without_sandbox):
        pass
    part = without_sandbox.data_dir / "postgres"
    (part / "data").rename(part / "data.new")
    (part / "data.new" / "PG_VERSION").write_text("")
    with embedded_services(without_sandbox) as running:
        assert query(running, "select 1") == 1


def test_a_second_confab_on_the_same_folder_is_rejected(
    config: Config, holder: "subprocess.Popen[str]"
) -> None:
    assert holder.stdout
    holder.stdout.readline()
    with pytest.raises(ServiceError) as caught, embedded_services(config):
        pass
    assert str(config.data_dir) in str(caught.value)
    assert str(holder.pid) in str(caught.value)


def test_an_operator_command_uses_the_running_servers(
    config: Config, holder: "subprocess.Popen[str]"
) -> None:
    assert holder.stdout
    url, redis_url = holder.stdout.readline().split()
    with embedded_services(config, attach=True) as attached:
        assert (attached.database.url, attached.redis.url) == (url, redis_url)
    assert query(attached, "select 1") == 1


def test_an_operator_command_starts_its_own_servers_when_none_run(without_sandbox: Config) -> None:
    with embedded_services(without_sandbox):
        pass
    with embedded_services(without_sandbox, attach=True) as running:
        assert query(running, "select 1") == 1


def test_a_dead_server_restarts_on_its_port_with_its_data(without_sandbox: Config) -> None:
    with embedded_services(without_sandbox) as running:
        query(running, "create table kept as select 7 as number")
        with redis_of(running) as client:
            client.set("kept", "yes")
            signal_running(servers_on(running.data_dir), signal.SIGKILL)
            wait_for(lambda: answers(lambda: query(running, "select number from kept")))
            wait_for(lambda: answers(client.ping))
            assert client.get("kept") == "yes"
        assert query(running, "select number from kept") == 7


def test_a_taken_sandbox_port_is_named(config: Config) -> None:
    with (
        socket.create_server(("127.0.0.1", config.sandbox.port)),
        pytest.raises(ServiceError) as caught,
        embedded_services(config),
    ):
        pass
    assert str(config.sandbox.port) in str(caught.value)
    assert "SANDBOX_PORT" in str(caught.value)
    assert servers_on(config.data_dir) == []


def test_ports_stay_out_of_the_range_of_outgoing_connections() -> None:
    """A client that retries a closed port of that range can get it as its own, and connect to itself."""
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(PORTS) < first
