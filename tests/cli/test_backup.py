"""`backup` and `restore`: what they store and load, and everything that they reject, each with one sentence."""

import os
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from server.cli.command import UsageError
from server.config import Config
from server.errors import ConfabError
from server.process import migrate
from tests.cli.backing_up import FILES, System, change_manifest, make_system, name_of, rejected
from tests.support.backups import ask, rows_of
from tests.support.services import Services

PASSPHRASE = "correct horse battery"
DAY = 24 * 3600


@pytest.fixture
def system(config: Config, services: Services, cheap_hashes: None) -> System:
    return make_system(config, services)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def age(path: Path, days: float) -> None:
    for each in [path, *path.rglob("*")]:
        os.utime(each, (time.time() - days * DAY,) * 2)


def test_only_new_files_are_copied(system: System, folder: Path) -> None:
    first = system.back_up(folder)
    system.add_file(b"third")
    second = system.back_up(folder)
    assert [(made["files"], made["copied_files"]) for made in (first, second)] == [(2, 2), (3, 1)]
    assert {path.name for path in (folder / "media").rglob("*") if path.is_file()} == {
        *map(name_of, (*FILES, b"third"))
    }
    assert folder.stat().st_mode & 0o077 == 0


def test_a_file_that_the_storage_has_lost_is_counted_and_left_out(system: System, folder: Path) -> None:
    lost, damaged = map(name_of, FILES)
    (system.media / lost[:2] / lost).unlink()
    (system.media / damaged[:2] / damaged).write_bytes(b"secant")
    made = system.back_up(folder)
    assert (made["files"], made["absent_files"]) == (0, 2)
    assert [path for path in (folder / "media").rglob("*") if path.is_file()] == []
    new = system.empty("new", template="migrated")
    new.restore(folder)
    assert ask(new.url, "select count(*) from channels_media_blob") == [(2,)]


def test_rows_keys_and_triggers_are_as_they_were_and_ids_go_on_above(system: System, folder: Path) -> None:
    made = system.back_up(folder)
    new = system.empty("new", template="migrated")
    assert new.restore(folder, "--backup", made["name"]) == 0
    before, after = rows_of(system.url), rows_of(new.url)
    for table in ("users", "channels_chat", "channels_message", "channels_media_blob"):
        assert before[table] == after[table], table
    (known,) = ask(new.url, "select max(id) from users")[0]
    ask(new.url, "insert into users (email, name, role) values ('new@x.example', 'New', 'agent')")
    assert ask(new.url, "select max(id) from users")[0][0] > known + 1_000_000
    assert ask(new.url, "select is_restoring, restored_at > backup_at from installation") == [(False, True)]
    # Constraints and triggers are back.
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        ask(
            new.url, "insert into channels_account_member (account_id, user_id, role) values (77, 1, 'agent')"
        )
    assert ask(new.url, "select count(*) from pg_trigger where not tgisinternal and tgenabled <> 'O'") == [
        (0,)
    ]


def test_a_backup_of_an_older_schema_is_loaded_into_that_and_migrated(
    system: System, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the empty database has the newer schema already."""
    system.back_up(folder)
    newer = tmp_path / "migrations"
    newer.mkdir()
    for path in migrate.MIGRATIONS.glob("*.sql"):
        (newer / path.name).symlink_to(path)
    (newer / "9000.add-a-colour.sql").write_text(
        "alter table users add column colour text not null default 'blue'"
    )
    (newer / "9000.add-a-colour.rollback.sql").write_text("alter table users drop column colour")
    later = SimpleNamespace(
        MIGRATIONS=newer,
        migrate=partial(migrate.migrate, folder=newer),
        applied_after=partial(migrate.applied_after, folder=newer),
        roll_back=partial(migrate.roll_back, folder=newer),
    )
    monkeypatch.setattr("server.cli.restore.migrations", later)
    new = system.empty("new", template="migrated")
    later.migrate(new.url)
    assert new.restore(folder) == 0
    assert ask(new.url, "select email, colour from users") == [("eva@x.example", "blue")]


def test_secrets_are_stored_only_if_asked_for_and_then_encrypted(
    system: System, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = system.back_up(folder / "plain")
    assert "was made without --with-secrets" in rejected(
        lambda: system.restore(folder / "plain", "--secrets-to", str(tmp_path / "x"))
    )
    assert "--passphrase-stdin" in rejected(lambda: system.back_up(folder, "--with-secrets"))
    options = ("--with-secrets", "--passphrase-stdin")
    monkeypatch.setattr("sys.stdin.readline", lambda: "short\n", raising=False)
    assert "at least 12 characters" in rejected(lambda: system.back_up(folder, *options))
    monkeypatch.setattr("sys.stdin.readline", lambda: f"{PASSPHRASE}\n", raising=False)
    system.back_up(folder, *options)
    values = [
        secret.encode() for secret in (system.config.secrets.jwt_secret, system.config.secrets.webhook_secret)
    ]
    for path in folder.rglob("*"):
        assert not path.is_file() or not any(value in path.read_bytes() for value in values), path
    target = tmp_path / "restored.env"
    assert system.restore(folder, "--secrets-to", str(target), "--passphrase-stdin") == 0
    assert f"JWT_SECRET='{system.config.secrets.jwt_secret}'\n" in target.read_text()
    assert "DATABASE_URL" not in target.read_text()
    assert target.stat().st_mode & 0o077 == 0
    again = ("--secrets-to", str(target), "--passphrase-stdin")
    assert "cannot be written" in rejected(lambda: system.restore(folder, *again))
    monkeypatch.setattr("sys.stdin.readline", lambda: "another one entirely\n", raising=False)
    wrong = ("--secrets-to", str(tmp_path / "y"), "--passphrase-stdin")
    assert "does not open" in rejected(lambda: system.restore(folder, *wrong))
    assert plain["name"]


def test_the_newest_whole_backup_is_taken(
    system: System, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = system.back_up(folder)["name"], system.back_up(folder)["name"]
    (folder / second / "manifest.json").unlink()
    assert system.restore(folder, "--check") == 0
    assert f"The backup {first} is whole" in capsys.readouterr().out
    said = rejected(lambda: system.restore(folder, "--backup", "x"))
    assert first in said
    assert "no whole backup" in rejected(lambda: system.restore(folder / first))
    assert "There is no folder" in rejected(lambda: system.restore(folder / "nowhere"))
    assert "must" in rejected(lambda: system.restore("ftp://x/y"))
    (folder / "file").write_text("")
    assert "cannot be used" in rejected(lambda: system.back_up(folder / "file" / "in"))


def test_old_backups_and_their_files_are_deleted(system: System, folder: Path) -> None:
    names = [system.back_up(folder)["name"]]
    ask(system.url, "delete from channels_media_blob where sha256 = %s", name_of(FILES[0]))
    foreign = folder / "2020-01-01T00-00-00.000Z"
    (folder / names[0]).rename(foreign)
    change_manifest(folder, foreign.name, lambda found: found.update(installation="x", name=foreign.name))
    names = [system.back_up(folder)["name"] for _ in range(2)]
    half = folder / "2020-02-01T00-00-00.000Z"
    (half / "tables").mkdir(parents=True)
    (half / "tables" / "users.gz").write_bytes(b"x")
    system.add_file(b"young")
    young = system.back_up(folder, "--keep", "2")
    assert young["removed"] == names[:1]
    # Another installation's backup, and with it its files, stay; so does what may be in progress.
    assert {path.name for path in folder.iterdir()} == {
        foreign.name,
        half.name,
        *names[1:],
        young["name"],
        "media",
    }
    age(folder, 2)
    ask(system.url, "delete from channels_media_blob where sha256 = %s", name_of(b"young"))
    (foreign / "manifest.json").unlink()
    age(folder, 2)
    last = system.back_up(folder, "--keep", "1")
    assert {path.name for path in folder.iterdir() if path.is_dir() and any(path.rglob("*.*"))} == {
        last["name"]
    }
    assert [path.name for path in (folder / "media").rglob("*") if path.is_file()] == [name_of(FILES[1])]


def test_a_backup_needs_a_location_and_a_number(system: System) -> None:
    with pytest.raises(UsageError):
        system.back_up("x", "--keep", "0")
    assert "--to" in rejected(lambda: system.back_up(""))


def test_a_restore_that_ended_after_loading_is_begun_anew(
    system: System, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.back_up(folder)
    new = system.empty("new", template="migrated")

    async def fail(*_: object) -> None:
        raise ConfabError("internal", "killed")

    with monkeypatch.context() as patched:
        patched.setattr("server.cli.restore.settle", fail)
        assert rejected(lambda: new.restore(folder)) == "killed"
    assert ask(new.url, "select is_restoring from installation") == [(True,)]
    assert ask(new.url, "select count(*) from users") == [(1,)]
    assert new.restore(folder) == 0
    assert ask(new.url, "select count(*), (select is_restoring from installation) from users") == [(1, False)]
    assert migrate.latest() == ask(new.url, "select max(migration_id) from _yoyo_migration")[0][0]
