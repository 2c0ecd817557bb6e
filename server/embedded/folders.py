"""The data folder of the embedded servers: ownership, permissions, locks, and the addresses of running servers."""

import fcntl
import json
import os
import pwd
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from server.config.generated_secrets import describe_os_error

# CAP_DAC_OVERRIDE bypasses file permissions, CAP_SETPCAP allows granting it (linux/capability.h).
REQUIRED_CAPABILITIES = 1 << 1 | 1 << 8
PREVIOUS_GENERATION_SECONDS = 20.0
POLL_SECONDS = 0.02


class ServiceError(Exception):
    """An embedded service cannot run; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user a server runs as."""

    uid: int
    gid: int
    name: str


def open_data_dir(data_dir: Path) -> Path:
    """Create the data folder with run/ and log/, and check that it is writable."""
    try:
        for folder in (data_dir, data_dir / "log", data_dir / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        probe = data_dir / "run" / "writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise ServiceError(
            f"The data folder {data_dir} cannot be used: {describe_os_error(error)}."
        ) from error
    return data_dir


def open_part(data_dir: Path, name: str) -> tuple[Path, Owner]:
    """Create one server's folder and return it with its owner, the user that runs the server."""
    part = data_dir / name
    try:
        if not part.exists():
            part.mkdir(mode=0o700)
            if os.geteuid() == 0:
                _change_owner(part, _user_for(data_dir))
        if not part.is_dir():
            raise ServiceError(f"The data folder cannot be used: {part} is not a folder, move it away.")
        owner = _owner_of(part)
    except OSError as error:
        raise ServiceError(
            f"The data folder {data_dir} cannot be used: {describe_os_error(error)}."
        ) from error
    if os.geteuid() not in (0, owner.uid):
        raise ServiceError(
            f"{part} belongs to {owner.name}: start Confab as that user, or set another DATA_DIR."
        )
    return part, owner


def needs_capability(owner: Owner, paths: Iterable[Path]) -> bool:
    """Whether root must grant `owner` CAP_DAC_OVERRIDE so that it can reach all `paths`; raises ServiceError if it must
    and cannot.
    """
    if os.geteuid() != 0 or owner.uid == 0:
        return False
    closed = next((folder for path in paths if (folder := _closed_folder(owner, path))), None)
    if closed is None:
        return False
    # For example a checkout below /root, with mode 700, which is not ours to change. Postgres does not run as root, so
    # its user gets the one capability that bypasses permissions. A container may have removed it from root.
    if not _may_grant_capability():
        raise ServiceError(
            f"Postgres does not run as root, and the user {owner.name} cannot enter {closed}: move the "
            "checkout and DATA_DIR to where others may enter, or start Confab as an ordinary user."
        )
    return True


@contextmanager
def only_confab(data_dir: Path) -> Iterator[None]:
    """Lock the data folder; raises ServiceError if another Confab has it locked."""
    with (data_dir / "run" / "confab.lock").open("a+") as file:
        if not _try_lock(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise ServiceError(
                f"The data folder {data_dir} is in use by another Confab, process {holder}: stop it, or set another "
                "DATA_DIR."
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def previous_generation_ended(data_dir: Path, name: str) -> Iterator[int]:
    """Wait until all processes of an earlier server on this folder have ended; yields the lock to pass to the new one.

    The server and its children inherit the open file, so the lock is free exactly when the last has ended. After
    a kill -9 of Confab this takes a moment; a pid file would not be reliable.
    """
    with (data_dir / "run" / f"{name}.lock").open("a") as file:
        deadline = time.monotonic() + PREVIOUS_GENERATION_SECONDS
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"The {name} of an earlier start is still running on {data_dir / name}: stop it first."
                )
            time.sleep(POLL_SECONDS)
        yield file.fileno()


def publish_addresses(data_dir: Path, addresses: dict[str, str]) -> None:
    """Write the servers' addresses for the operator's commands, which run as other processes."""
    path = data_dir / "run" / "services.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(addresses, file)


def published_addresses(data_dir: Path) -> dict[str, str] | None:
    """The servers' addresses of the Confab that is running on this folder, or None."""
    try:
        with (data_dir / "run" / "confab.lock").open() as file:
            if _try_lock(file):
                return None
        addresses: dict[str, str] = json.loads((data_dir / "run" / "services.json").read_text())
    except (OSError, ValueError):
        return None
    return addresses


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _user_for(data_dir: Path) -> Owner:
    # With sudo in a user's checkout the servers run as that user, so that later starts without sudo work.
    owner = _owner_of(data_dir)
    if owner.uid != 0:
        return owner
    try:
        account = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceError(
            "Postgres does not run as root, and there is no user nobody: start Confab as an ordinary user."
        ) from None
    return Owner(account.pw_uid, account.pw_gid, "nobody")


def _owner_of(path: Path) -> Owner:
    status = path.stat()
    try:
        name = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        name = f"user {status.st_uid}"
    return Owner(status.st_uid, status.st_gid, name)


def _change_owner(path: Path, owner: Owner) -> None:
    os.chown(path, owner.uid, owner.gid)


def _closed_folder(owner: Owner, path: Path) -> Path | None:
    for folder in (path.resolve(), *path.resolve().parents):
        status = folder.stat()
        enter = 0o100 if status.st_uid == owner.uid else 0o010 if status.st_gid == owner.gid else 0o001
        if not status.st_mode & enter:
            return folder
    return None


def _may_grant_capability() -> bool:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return False
    effective = next((line.split()[1] for line in lines if line.startswith("CapEff:")), "0")
    return int(effective, 16) & REQUIRED_CAPABILITIES == REQUIRED_CAPABILITIES
