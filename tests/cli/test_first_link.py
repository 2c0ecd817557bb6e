"""The owner's first link: shown on a terminal, left in no log; with all secrets in files, as containers get them."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

from server.config import ROOT
from tests.cli.programs import PRODUCTION, Settings, serve
from tests.support.programs import environment, run

SECRETS = ("DATABASE_URL", "REDIS_URL", *(name for name in PRODUCTION if name != "UNIPILE_DSN"))
LINK = re.compile(r"http\S+/welcome#\S+")


def in_files(settings: Settings, folder: Path) -> Settings:
    """The settings with each secret in a file of its own."""
    for name in SECRETS:
        (folder / name.lower()).write_text(f"{settings[name]}\n")
    others = {name: value for name, value in settings.items() if name not in SECRETS}
    return others | {f"{name}_FILE": str(folder / name.lower()) for name in SECRETS}


def read_until_link(terminal: int) -> str:
    seen = ""
    while not LINK.search(seen):
        seen += os.read(terminal, 4096).decode()
    return seen


def test_a_log_has_no_link_and_names_the_command(served: Settings, tmp_path: Path) -> None:
    settings = in_files(served, tmp_path)
    with serve(settings, tmp_path) as program:
        (command,) = program.wait_for_output(r"python run\.py (user reset \S+)").groups()
        assert LINK.search(run(*command.split(), settings=settings).stdout)
        assert program.send(signal.SIGTERM) == 0
        assert not LINK.search(program.output)


def test_a_terminal_gets_the_link(served: Settings) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "run.py"]
    with subprocess.Popen(command, env=environment(**served), cwd=ROOT, stdout=theirs, stderr=theirs) as web:
        os.close(theirs)
        assert "created the owner" in read_until_link(ours)
        web.send_signal(signal.SIGTERM)
        os.close(ours)
