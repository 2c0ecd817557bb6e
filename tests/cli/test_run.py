"""The commands of docs/operations.md as real processes with their own data folder."""

import json
import signal
import socket
from pathlib import Path

from server.config import ROOT
from tests.cli.programs import PRODUCTION, RUNNING, Settings, sentence, serve
from tests.support.ports import free_port
from tests.support.programs import Program, get, run, servers_on, wait_for
from tests.support.services import Services


def test_everything_starts_from_nothing_and_prints_its_addresses(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path, is_cold=True) as program:
        inbox, password, phone = program.wait_for_output(RUNNING).groups()
        assert inbox == f"http://127.0.0.1:{settings['PORT']}"
        assert phone == f"http://127.0.0.1:{settings['SANDBOX_PORT']}"
        assert len(password) >= 10
        assert get(f"{inbox}/health")[0] == 200
        assert wait_for(lambda: get(f"{inbox}/health/ready")[0] == 200)
        assert program.send(signal.SIGTERM) == 0
    assert servers_on(tmp_path / "var") == []
    assert get(f"{inbox}/health") == (0, None)


def test_ctrl_c_stops_everything_in_order(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        program.wait_for_output(RUNNING)
        assert program.send(signal.SIGINT) == 0
        assert "Traceback" not in program.output
    assert servers_on(tmp_path / "var") == []


def test_sigterm_during_the_start_stops_what_was_started(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        wait_for(lambda: servers_on(tmp_path / "var"))
        program.send(signal.SIGTERM)
        assert "Traceback" not in program.output
    assert wait_for(lambda: not servers_on(tmp_path / "var"))


def test_kill_9_leaves_nothing_that_blocks_the_next_start(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        password = program.wait_for_output(RUNNING).group(2)
        assert run("user", "add", "ada@example.com", settings=settings).returncode == 0
        program.process.kill()
        program.process.wait()
    with serve(settings, tmp_path) as program:
        assert program.wait_for_output(RUNNING).group(2) == password
        assert "ada@example.com" in run("user", "list", settings=settings).stdout
        assert program.send(signal.SIGTERM) == 0


def test_killing_the_parent_stops_everything(settings: Settings, tmp_path: Path) -> None:
    """`make run` relies on this: after kill -9 of make no process may remain."""
    starter = (
        "import subprocess, sys; subprocess.run([sys.executable, 'run.py', 'serve', '--end-with-parent'])"
    )
    with Program("-c", starter, settings=settings, output=tmp_path / "output") as parent:
        inbox = parent.wait_for_output(RUNNING).group(1)
        parent.process.kill()
        assert wait_for(lambda: not servers_on(tmp_path / "var"))
        assert wait_for(lambda: get(f"{inbox}/health") == (0, None))


def test_web_and_worker_run_separately_on_external_servers(served: Settings, tmp_path: Path) -> None:
    apart = {**served, "CONFAB_WORKER_EMBEDDED": "false"}
    ready = f"http://127.0.0.1:{served['PORT']}/health/ready"
    with serve(apart, tmp_path) as web:
        web.wait_for_output("is running")
        with Program("worker.py", settings=served, output=tmp_path / "worker", is_cold=True) as worker:
            assert wait_for(
                lambda: (get(ready)[1] or {}).get("checks", {}).get("redis", {}).get("worker_alive")
            )
            assert worker.send(signal.SIGTERM) == 0
        assert web.send(signal.SIGTERM) == 0
        assert "demo@confab.local" not in web.output
    # No embedded server was started; media are still stored there.
    assert {path.name for path in (tmp_path / "var").glob("*")} <= {"media"}


def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", int(settings["PORT"]))):
        assert f"port {settings['PORT']}" in sentence(settings)


def test_a_taken_sandbox_port_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", int(settings["SANDBOX_PORT"]))):
        assert "SANDBOX_PORT" in sentence(settings)


def test_a_foreign_host_is_named(settings: Settings) -> None:
    public = {**settings, "CONFAB_SANDBOX_PUBLIC": "true"}
    assert "192.0.2.1" in sentence({**public, "HOST": "192.0.2.1"})
    assert "no-such-host.invalid" in sentence({**public, "HOST": "no-such-host.invalid"})


def test_every_address_listens_on_ipv4_and_ipv6(served: Settings, tmp_path: Path) -> None:
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


def test_an_unreachable_database_is_named(served: Settings) -> None:
    away = f"postgres://confab:hunter2@127.0.0.1:{free_port()}/confab"
    for command in ("serve", "migrate"):
        message = sentence({**served, "DATABASE_URL": away}, command)
        assert "DATABASE_URL" in message
        assert "hunter2" not in message


def test_a_second_confab_on_the_same_data_is_rejected(settings: Settings, tmp_path: Path) -> None:
    with serve(settings, tmp_path) as program:
        program.wait_for_output(RUNNING)
        message = sentence({**settings, "PORT": str(free_port()), "SANDBOX_PORT": str(free_port())})
        assert str(tmp_path / "var") in message
        assert program.send(signal.SIGTERM) == 0


def test_a_database_without_migrations_is_named(served: Settings, services: Services) -> None:
    empty = {**served, "DATABASE_URL": services.create_database(template=None)}
    assert "run.py migrate" in sentence(empty, "user", "list")


def test_migrate_sets_up_an_empty_database_once(served: Settings, services: Services) -> None:
    empty = {**served, "DATABASE_URL": services.create_database(template=None)}
    assert "0001.create-users" in run("migrate", settings=empty).stdout
    assert run("migrate", settings=empty).stdout == "Nothing to apply.\n"
    assert json.loads(run("migrate", "--json", settings=empty).stdout) == {"applied": []}


COMMANDS = (
    "serve",
    "migrate",
    "rollback",
    "doctor",
    "user",
    "keys",
    "grant",
    "revoke",
    "usage",
    "export",
    "erase",
)


def test_help_lists_every_command() -> None:
    shown = run("--help", settings={}, is_cold=True).stdout
    assert all(f"\n    {command} " in shown for command in COMMANDS)


def test_entry_points_are_thirty_lines_at_most() -> None:
    for name in ("run.py", "worker.py"):
        assert len((ROOT / name).read_text().splitlines()) <= 30
