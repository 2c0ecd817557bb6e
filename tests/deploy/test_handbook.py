"""The commands of the handbook work as they are written: each section's blocks run in a temporary installation."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path

import psycopg2
import pytest

from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from server.config import ROOT
from tests.cli.programs import PRODUCTION
from tests.deploy.handbook import HANDBOOK, MARK, all_blocks, not_run, other_blocks
from tests.support.bucket import Bucket
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port
from tests.support.programs import Program
from tests.support.services import TEMPLATE, Services, run_services

INSTALLED = (
    *("run.py", "worker.py", "config.toml", ".env.example", "requirements.txt"),
    *("server", "workers", "migrations", "static", "deploy", "frontend/worker"),
)
SECTIONS = {
    f"{document.stem}: {section}": list(found)
    for (document, section), found in groupby(all_blocks(), lambda block: (block.document, block.section))
}
# A section that starts Confab, and one that asks a running one.
STARTS, ASKS = ("python run.py serve &", "python run.py &"), "curl "
COUNTS, EXTENSION = "doctor --slow", "pg_stat_statements"
SHELL_SECONDS = 240
INSERT_USER = "insert into users (email, name, role) values ('ana@example.com', 'Ana', 'owner')"


def commands(section: str) -> str:
    return "\n".join(block.text for block in SECTIONS[section] if block.reason is None)


def test_every_block_is_in_a_known_language() -> None:
    assert [block for document in HANDBOOK for block in other_blocks(document)] == []


def test_what_is_not_run_says_why() -> None:
    """Listed here, and by `python -m tests.deploy.handbook`."""
    print("\n".join(not_run()))
    marks = sum(document.read_text().count(MARK) for document in HANDBOOK)
    assert marks == len(not_run()) < len(all_blocks()) / 2


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation has, without its settings, with the interpreter of the tests as its environment."""
    folder = tmp_path_factory.mktemp("installation")
    for name in INSTALLED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)
    (programs / "activate").write_text(f"PATH={programs}:$PATH\n")
    return folder


@pytest.fixture
def installation(installed: Path) -> Iterator[Path]:
    (installed / "var" / "media").mkdir(parents=True)
    yield installed
    for name in (".env", "secrets", "var"):
        path = installed / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


@pytest.fixture
async def settings(installation: Path, services: Services, redis_url: str) -> AsyncIterator[dict[str, str]]:
    """What the person who installs it writes into .env."""
    port = str(free_port())
    async with (
        serving(create_sandbox(SandboxSettings()), free_port()) as unipile,
        serving(Bucket().app(), free_port()) as bucket,
    ):
        yield {
            "BUCKET": bucket,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "UNIPILE_API_KEY": PRODUCTION["UNIPILE_API_KEY"],
            "UNIPILE_DSN": unipile,
            "REDIS_URL": redis_url,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": port,
        }


def here(script: str, settings: dict[str, str], installation: Path, services: Services, folder: Path) -> str:
    """The script with addresses and folders of this test in place of those that the handbook has."""
    redis, _, _ = settings["REDIS_URL"].rpartition("/")
    places = {
        "http://127.0.0.1:8080": settings["PUBLIC_URL"],
        "redis://127.0.0.1:6379/9": f"{redis}/9",
        "/tmp/drill": str(folder / "drill"),  # noqa: S108 - replaced
        "/opt/confab": str(installation),
        "s3://bucket/prefix?": f"s3://inbox/prefix?endpoint={settings['BUCKET']}&",
        "/srv/confab-backups": str(folder / "backups"),
        **{f"{path}/": f"{folder}{path}/" for path in ("/etc/confab", "/etc/systemd/system")},
    }
    # Restored into nothing at all, and, which is quicker, into empty tables.
    for name, template in (("restored", None), ("drill", TEMPLATE)):
        written = f"postgres://confab:password@127.0.0.1/{name}"
        if written in script:
            places[written] = services.create_database(template=template)
    for written, place in places.items():
        script = script.replace(written, place)
    return script


def run_in_shell(script: str, folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """All of it by one shell, which ends at the first command that fails; then what it started ends."""
    path = f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"
    own = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"}
    command = ["bash", "-euxo", "pipefail", "-c", script]
    with (folder / "output").open("w") as output:
        shell = subprocess.Popen(
            command,
            cwd=folder,
            env={**own, **settings},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        # What a script asks for: UniPile's token.
        shell.communicate("k8Zq+71tBf0=\n", SHELL_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
    return subprocess.CompletedProcess(command, shell.returncode, (folder / "output").read_text())


def run_section(
    section: str, folder: Path, installation: Path, services: Services, settings: dict[str, str]
) -> None:
    for path in ("etc/confab", "etc/systemd/system"):
        (folder / path).mkdir(parents=True)
    script = here(commands(section), settings, installation, services, folder)
    done = run_in_shell(script, installation, settings)
    assert done.returncode == 0, f"{section}\n{done.stdout}"


INSTALLING = [name for name in SECTIONS if name.startswith("install:") and commands(name)]
RUNNING = [name for name in SECTIONS if not name.startswith("install:") and commands(name)]


@pytest.mark.parametrize("section", INSTALLING)
async def test_the_steps_of_an_installation(
    section: str, installation: Path, services: Services, settings: dict[str, str], tmp_path: Path
) -> None:
    """From an empty database."""
    settings["DATABASE_URL"] = services.create_database(template=None)
    await asyncio.to_thread(run_section, section, tmp_path, installation, services, settings)


@pytest.mark.parametrize("section", RUNNING)
async def test_the_commands_of_an_operator(
    section: str, installation: Path, services: Services, settings: dict[str, str], tmp_path: Path
) -> None:
    """Beside a running Confab, where they ask it and start none."""
    with suited(section, services) as suitable:
        await operate(section, installation, suitable, settings, tmp_path)


@contextmanager
def suited(section: str, services: Services) -> Iterator[Services]:
    """With a Postgres of its own that counts statements, where the section looks at them."""
    if COUNTS not in commands(section):
        yield services
        return
    with run_services({"shared_preload_libraries": EXTENSION}) as counting:
        counting.make_template()
        counting.command(f"create extension {EXTENSION}", TEMPLATE)
        yield counting


async def operate(
    section: str, installation: Path, services: Services, settings: dict[str, str], tmp_path: Path
) -> None:
    url = settings["DATABASE_URL"] = services.create_database()
    settings |= {name: PRODUCTION[name] for name in ("WEBHOOK_SECRET", "JWT_SECRET")}
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(INSERT_USER)
    script = commands(section)
    with ExitStack() as running:
        if ASKS in script and not any(start in script for start in STARTS):
            data = {"DATA_DIR": str(installation / "var")}
            confab = running.enter_context(
                Program("run.py", settings=settings | data, output=tmp_path / "confab")
            )
            await asyncio.to_thread(confab.wait_for_output, "is running")
        await asyncio.to_thread(run_section, section, tmp_path, installation, services, settings)
