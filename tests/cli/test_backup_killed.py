"""`backup` and `restore` as processes that are killed: what they leave is never taken for a backup or a system."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from server.config import Config
from tests.cli.backing_up import System, make_system
from tests.cli.programs import sentence
from tests.cli.shell import settings_of
from tests.support.backups import ask, succeed
from tests.support.ports import free_port
from tests.support.programs import Program, run, wait_for
from tests.support.services import Services

WAITS = """select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'confab' and wait_event_type = 'Lock'"""


@pytest.fixture
def system(config: Config, services: Services) -> System:
    return make_system(config, services)


@contextmanager
def locked(url: str, statement: str) -> Iterator[None]:
    """Holds a lock meanwhile."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        yield


def kill_while_waiting(system: System, output: Path, *arguments: str) -> None:
    """Start a command, and kill it once it waits for a lock."""
    with Program("run.py", *arguments, settings=settings_of(system.config), output=output) as program:
        wait_for(lambda: ask(system.url, WAITS) == [(1,)] or program.process.poll() is not None)
        assert program.process.poll() is None, program.output
        program.process.kill()
        program.process.wait()


def test_a_killed_backup_is_none(system: System, tmp_path: Path) -> None:
    folder, settings = tmp_path / "backups", settings_of(system.config)
    with locked(system.url, "lock table users in access exclusive mode"):
        kill_while_waiting(system, tmp_path / "output", "backup", "--to", str(folder))
    (half,) = [path for path in folder.iterdir() if path.name != "media"]
    assert (half / "tables").is_dir()
    assert not (half / "manifest.json").exists()
    assert "no whole backup" in sentence(settings, "restore", str(folder), "--check")
    wait_for(lambda: ask(system.url, "select pg_try_advisory_lock(5276401184)") == [(True,)])
    said = run("doctor", settings=settings).stdout
    assert "none is whole" in said
    made = succeed(settings, "backup", "--to", str(folder))["backup"]
    states = ask(system.url, "select state, error from backup order by id")
    assert states == [("failed", "interrupted"), ("done", None)]
    assert succeed(settings, "restore", str(folder), "--check")["checked"] == made["name"]


def test_a_killed_restore_leaves_no_system_and_is_begun_anew(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    system.back_up(folder)
    new = system.empty("new", template="migrated")
    # Reading the tables is possible meanwhile, loading them is not.
    with locked(new.url, "lock table webpush_device in access share mode"):
        kill_while_waiting(new, tmp_path / "output", "restore", str(folder))
    settings = {**settings_of(new.config), "PORT": str(free_port()), "CONFAB_AUTH_TEST_TOKENS": "true"}
    assert "A restore of this database did not end" in sentence(settings)
    assert ask(new.url, "select count(*) from users") == [(0,)]
    wait_for(lambda: ask(new.url, "select pg_try_advisory_lock(5276401184)") == [(True,)])
    assert succeed(settings, "restore", str(folder))["restored"]["rows"] > 0
    assert ask(new.url, "select email from users") == [("eva@x.example",)]
