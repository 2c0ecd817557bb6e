"""What `restore` and `backup` reject, each with one sentence and before anything is written."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from server.config import Config
from server.store.backups.sessions import hold_lock
from tests.cli.backing_up import FILES, System, change_manifest, make_system, name_of, rejected
from tests.support.backups import ask
from tests.support.services import Services


@pytest.fixture
def system(config: Config, services: Services, cheap_hashes: None) -> System:
    return make_system(config, services)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_a_system_with_data_or_running_is_not_overwritten(
    system: System, folder: Path, services: Services
) -> None:
    system.back_up(folder)
    new = system.empty("new", template="migrated")
    with closing(psycopg2.connect(new.url, application_name="confab")):
        assert "Confab is running on this database (1 connections)" in rejected(lambda: new.restore(folder))
    assert new.restore(folder) == 0
    said = rejected(lambda: new.restore(folder))
    assert "not empty" in said
    assert "channels_account" in said


def test_of_two_backups_or_restores_at_once_one_is_rejected(system: System, folder: Path) -> None:
    system.back_up(folder)
    new = system.empty("new", template="migrated")
    for url, run in ((system.url, lambda: system.back_up(folder)), (new.url, lambda: new.restore(folder))):
        with hold_lock(url):
            assert "Another backup or restore is running" in rejected(run)
    assert new.restore(folder) == 0


def test_another_erase_secret_is_rejected_unless_it_is_accepted(
    system: System, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system.back_up(folder)
    new = system.empty("new", template="migrated")
    new.config = replace(new.config, secrets=replace(new.config.secrets, jwt_secret="another" * 8))
    assert "ERASE_SECRET" in rejected(lambda: new.restore(folder))
    assert new.restore(folder, "--accept-erase-secret") == 0
    said = capsys.readouterr().out
    assert "ERASE_SECRET is not as it was" in said
    assert "PUBLIC_URL" not in said


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed table": (
        lambda one: _flip(one / "tables" / "users.gz"),
        "tables/users.gz is not what was written",
    ),
    "a short table": (
        lambda one: os.truncate(one / "tables" / "channels_message.gz", 20),
        "tables/channels_message.gz is not what was written",
    ),
    "a missing table": (lambda one: (one / "tables" / "users.gz").unlink(), "tables/users.gz is not what"),
    "a changed list": (lambda one: _flip(one / "media.gz"), "media.gz is not what was written"),
    "no manifest": (lambda one: (one / "manifest.json").unlink(), "was interrupted and is not whole"),
    "a changed manifest": (lambda one: _flip(one / "manifest.json"), "The manifest of the backup"),
    "a missing file": (
        lambda one: next((one.parent / "media").rglob(name_of(FILES[0]))).unlink(),
        "1 of 2 media files are not in the folder",
    ),
    "a changed file": (
        lambda one: _flip(next((one.parent / "media").rglob(name_of(FILES[0])))),
        "is damaged",
    ),
    "a newer schema": (
        lambda one: change_manifest(one.parent, one.name, lambda found: found.update(migration="9000.later")),
        "made by a newer version of Confab",
    ),
    "a newer format": (
        lambda one: change_manifest(one.parent, one.name, lambda found: found.update(format=2)),
        "made by a newer version of Confab",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_half_or_newer_backup_is_rejected_before_anything_is_written(
    system: System, folder: Path, damage: str
) -> None:
    name = system.back_up(folder)["name"]
    change, words = DAMAGES[damage]
    change(folder / name)
    new = system.empty("new")
    assert words in rejected(lambda: new.restore(folder, "--backup", name, "--check"))
    assert words in rejected(lambda: new.restore(folder, "--backup", name))
    assert ask(new.url, "select count(*) from pg_tables where schemaname = 'public'") == [(0,)]
