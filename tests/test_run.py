"""The commands of contract.md, as real processes on a data folder of their own."""

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.config import ROOT
from tests.support.ports import free_port
from tests.support.programs import Program, get, run, servers_on, wait_for
from tests.support.services import Services, run_services

Settings = dict[str, str]

PRODUCTION = {
    "UNIPILE_DSN": "http://127.0.0.1:9",
    "UNIPILE_API_KEY": "sandbox-key",
    "WEBHOOK_SECRET": "mK3vP8xR1wB6nT9q",
    "JWT_SECRET": "Q9wXr2Tz7Lm4Vb8Nc1Ks6Hd3Jf5Gp0Ya",
}
RUNNING = r"Inbox +(http://\S+)\n +Sign in +demo@confab\.local +(\S+)\n +Sandbox phone +(http://\S+)"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return {"DATA_DIR": str(tmp_path / "var"), "PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}


@pytest.fixture
def served(settings: Settings, services: Services, own_database_url: str, redis_url: str) -> Settings:
    """The same with a Postgres and a Redis from elsewhere, as in production."""
    return {**settings, **PRODUCTION, "DATABASE_URL": own_database_url, "REDIS_URL": redis_url}


def serve(settings: Settings, tmp_path: Path, *arguments: str) -> Program:
    return Program("run.py", *arguments, settings=settings, output=tmp_path / "output")


def sentence(settings: Settings, *arguments: str) -> str:
    """What a command that cannot be done says: one line, no traceback, exit code 1."""
    result = run(*arguments, settings=settings)
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("confab: ")
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_everything_starts_from_nothing_and_tells_its_addresses(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        inbox, password, phone = program.wait_for_output(RUNNING).groups()
        assert inbox == f"http://127.0.0.1:{settings['PORT']}"
        assert phone == f"http://127.0.0.1:{settings['SANDBOX_PORT']}"
        assert len(password) >= 10
        assert get(f"{inbox}/health")[0] == 200
        assert wait_for(lambda: get(f"{inbox}/health/ready")[0] == 200)
        assert program.send(signal.SIGTERM) == 0
    assert servers_on(tmp_path / "var") == []
    assert get(f"{inbox}/health") == (0, None)


def test_ctrl_c_ends_everything_in_order(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        program.wait_for_output(RUNNING)
        assert program.send(signal.SIGINT) == 0
        assert "Traceback" not in program.output
    assert servers_on(tmp_path / "var") == []


def test_sigterm_during_the_start_ends_what_was_started(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        wait_for(lambda: servers_on(tmp_path / "var"))
        program.send(signal.SIGTERM)
        assert "Traceback" not in program.output
    assert wait_for(lambda: not servers_on(tmp_path / "var"))


def test_kill_9_leaves_nothing_that_stops_the_next_start(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        password = program.wait_for_output(RUNNING).group(2)
        assert run("user", "add", "ada@example.com", settings=settings).returncode == 0
        program.process.kill()
        program.process.wait()
    with serve(settings, tmp_path) as program:
        assert program.wait_for_output(RUNNING).group(2) == password
        assert "ada@example.com" in run("user", "list", settings=settings).stdout
        assert program.send(signal.SIGTERM) == 0


def test_a_killed_parent_takes_everything_with_it(settings: Settings, tmp_path: Path) -> None:
    """`make run` starts it so: kill -9 of make must not leave an inbox behind."""
    starter = (
        "import subprocess, sys; subprocess.run([sys.executable, 'run.py', 'serve', '--end-with-parent'])"
    )
    with Program("-c", starter, settings=settings, output=tmp_path / "output") as parent:
        inbox = parent.wait_for_output(RUNNING).group(1)
        parent.process.kill()
        assert wait_for(lambda: not servers_on(tmp_path / "var"))
        assert wait_for(lambda: get(f"{inbox}/health") == (0, None))


def test_web_and_worker_run_apart_on_servers_from_elsewhere(served: Settings, tmp_path: Path) -> None:
    apart = {**served, "CONFAB_WORKER_EMBEDDED": "false"}
    ready = f"http://127.0.0.1:{served['PORT']}/health/ready"
    with serve(apart, tmp_path) as web:
        web.wait_for_output("is running")
        with Program("worker.py", settings=served, output=tmp_path / "worker") as worker:
            assert wait_for(
                lambda: (get(ready)[1] or {}).get("checks", {}).get("redis", {}).get("worker_alive")
            )
            assert worker.send(signal.SIGTERM) == 0
        assert web.send(signal.SIGTERM) == 0
        assert "demo@confab.local" not in web.output
    # Nothing embedded was started; media have their place there all the same.
    assert {path.name for path in (tmp_path / "var").glob("*")} <= {"media"}


def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", int(settings["PORT"]))):
        assert f"port {settings['PORT']}" in sentence(settings)


def test_a_taken_sandbox_port_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", int(settings["SANDBOX_PORT"]))):
        assert "SANDBOX_PORT" in sentence(settings)


def test_a_host_that_is_not_ours_is_named(settings: Settings) -> None:
    public = {**settings, "CONFAB_SANDBOX_PUBLIC": "true"}
    assert "192.0.2.1" in sentence({**public, "HOST": "192.0.2.1"})
    assert "no-such-host.invalid" in sentence({**public, "HOST": "no-such-host.invalid"})


def test_every_address_is_heard_on_ipv4_and_on_ipv6(served: Settings, tmp_path: Path) -> None:
    with serve({**served, "HOST": "::"}, tmp_path) as program:
        (shown,) = program.wait_for_output(r"Inbox +(http://\S+)").groups()
        assert shown == f"http://127.0.0.1:{served['PORT']}"
        for address in (shown, f"http://[::1]:{served['PORT']}"):
            assert get(f"{address}/health")[0] == 200, address
        assert program.send(signal.SIGTERM) == 0


def test_a_broken_data_folder_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    assert str(tmp_path / "var") in sentence(settings)


def test_a_missing_secret_is_named(settings: Settings) -> None:
    assert "JWT_SECRET is not set" in sentence({**settings, **PRODUCTION, "JWT_SECRET": ""})


def test_an_unknown_key_is_named(settings: Settings) -> None:
    assert "CONFAB_WEB_PROT" in sentence({**settings, "CONFAB_WEB_PROT": "1"})


def test_a_database_that_is_away_is_named(served: Settings) -> None:
    away = f"postgres://confab:hunter2@127.0.0.1:{free_port()}/confab"
    for command in ("serve", "migrate"):
        told = sentence({**served, "DATABASE_URL": away}, command)
        assert "DATABASE_URL" in told
        assert "hunter2" not in told


def test_a_second_confab_on_the_same_data_is_refused(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        program.wait_for_output(RUNNING)
        told = sentence({**settings, "PORT": str(free_port()), "SANDBOX_PORT": str(free_port())})
        assert str(tmp_path / "var") in told
        assert program.send(signal.SIGTERM) == 0


def test_a_database_without_migrations_is_named(served: Settings, services: Services) -> None:
    empty = {**served, "DATABASE_URL": services.create_database(template=None)}
    assert "run.py migrate" in sentence(empty, "user", "list")


def test_migrate_brings_an_empty_database_up_once(served: Settings, services: Services) -> None:
    empty = {**served, "DATABASE_URL": services.create_database(template=None)}
    assert "0001.create-users" in run("migrate", settings=empty).stdout
    assert run("migrate", settings=empty).stdout == "Nothing to apply.\n"
    assert json.loads(run("migrate", "--json", settings=empty).stdout) == {"applied": []}


class TestDoctor:
    """Finds what is wrong with each thing Confab stands on."""

    @pytest.fixture
    def own_services(self) -> Iterator[Services]:
        with run_services() as running:
            yield running

    def states(self, settings: Settings) -> tuple[int, dict[str, str]]:
        result = run("doctor", "--json", settings=settings)
        report = json.loads(result.stdout)
        assert report["ok"] is (result.returncode == 0)
        return result.returncode, {check["name"]: check["state"] for check in report["checks"]}

    def test_a_healthy_system_passes(self, settings: Settings, tmp_path: Path) -> None:
        with serve(settings, tmp_path) as program:
            program.wait_for_output(RUNNING)
            program.wait_for_output("confab-account-status")
            code, states = self.states(settings)
            assert (code, set(states.values())) == (0, {"ok"}), states
            plain = run("doctor", settings=settings)
            assert plain.returncode == 0
            assert "webhooks     2 registered" in plain.stdout
            assert program.send(signal.SIGTERM) == 0

    def test_pending_migrations_an_evicting_redis_and_no_provider_are_found(
        self, served: Settings, own_services: Services
    ) -> None:
        away = {**served, "DATABASE_URL": own_services.postgres.url, "REDIS_URL": own_services.redis_url}
        with own_services.redis() as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            client.config_set("appendonly", "no")
        code, states = self.states(away)
        assert code == 1
        assert states == {
            "settings": "warning",
            "public url": "ok",
            "database": "ok",
            "connections": "ok",
            "migrations": "failed",
            "clock": "ok",
            "redis": "ok",
            "redis keeps": "failed",
            "redis writes": "warning",
            "media": "ok",
            "unipile": "failed",
        }

    def test_servers_that_are_away_are_found(self, served: Settings) -> None:
        nowhere = {
            "DATABASE_URL": f"postgres://127.0.0.1:{free_port()}/x",
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        }
        code, states = self.states({**served, **nowhere})
        assert code == 1
        assert {name for name, state in states.items() if state == "failed"} == {
            "database",
            "redis",
            "unipile",
        }

    def test_a_public_url_that_unipile_cannot_reach_is_found(self, served: Settings) -> None:
        nowhere = {
            "DATABASE_URL": f"postgres://127.0.0.1:{free_port()}/x",
            "UNIPILE_DSN": "https://192.0.2.1:9",
        }
        code, states = self.states(
            {
                **served,
                **nowhere,
                "CONFAB_UNIPILE_CONNECT_TIMEOUT_SECONDS": "0.1",
                "UNIPILE_API_KEY": "k8Zq+71tBf0=",
            }
        )
        assert (code, states["public url"]) == (1, "failed")

    def test_a_media_place_that_takes_nothing_is_found(self, served: Settings, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        bucket = f"s3://inbox?endpoint=http://127.0.0.1:{free_port()}&region=x"
        keys = {"AWS_ACCESS_KEY_ID": "AKIA-of-a-test", "AWS_SECRET_ACCESS_KEY": "secret-of-a-test"}
        for url in (f"file://{tmp_path}/file/media", bucket):
            result = run("doctor", settings={**served, **keys, "CONFAB_MEDIA_URL": url})
            (said,) = [line for line in result.stdout.splitlines() if line.split()[1] == "media"]
            assert (result.returncode, said.split()[0]) == (1, "failed")
            assert f"{url.partition('?')[0]} cannot be written to" in said
            assert "of-a-test" not in result.stdout

    def test_a_mail_server_that_is_away_is_found(self, served: Settings) -> None:
        password = "secret-of-a-test"
        port = free_port()
        mail = {
            "SMTP_URL": f"smtp://confab:{password}@127.0.0.1:{port}",
            "CONFAB_MAIL_SENDER": "inbox@x.example",
        }
        result = run("doctor", settings={**served, **mail})
        (said,) = [line for line in result.stdout.splitlines() if " mail " in line]
        assert said.split() == ["failed", "mail", f"127.0.0.1:{port}:", "SMTPConnectError"]
        assert password not in result.stdout + result.stderr

    def test_a_wrong_key_is_found(self, settings: Settings, served: Settings, tmp_path: Path) -> None:
        with serve(settings, tmp_path) as program:
            phone = program.wait_for_output(RUNNING).group(3)
            result = run(
                "doctor", settings={**served, "UNIPILE_DSN": phone, "UNIPILE_API_KEY": "not-the-key"}
            )
            assert "UNIPILE_API_KEY is refused" in result.stdout
            assert program.send(signal.SIGTERM) == 0


COMMANDS = ("serve", "migrate", "doctor", "user", "keys", "grant", "revoke", "usage", "export", "erase")


def test_help_lists_every_command() -> None:
    shown = run("--help", settings={}).stdout
    assert all(f"\n    {command} " in shown for command in COMMANDS)


def test_entry_points_are_thirty_lines_at_most() -> None:
    for name in ("run.py", "worker.py"):
        assert len((ROOT / name).read_text().splitlines()) <= 30
