"""Runs the blocks of the handbook that download packages, in a root file system of their own."""

import shutil
import subprocess
from pathlib import Path

from server.config import ROOT
from tests.deploy.handbook import all_blocks
from tests.deploy.image.base import borrow, copy_base
from tests.deploy.image.dockerfile import passed_on

# By this they say that the tests leave them to `make image-proof`.
MARK = "`make image-proof` runs it"
PLACE = "/opt/confab"
COPIED = ("run.py", "worker.py", "config.toml", "requirements.txt", "server", "workers", "migrations")


def downloading() -> list[str]:
    """The blocks, in the order of the handbook."""
    return [block.text for block in all_blocks() if MARK in (block.reason or "")]


def install(base: Path, root: Path) -> None:
    """Each in the checkout, as root; then what is installed starts."""
    copy_base(base, root)
    borrow(root)
    place = root / PLACE.lstrip("/")
    place.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, place / name)
    for script in [*downloading(), ".venv/bin/python run.py --version"]:
        print("".join(f"   {line}\n" for line in script.splitlines()), flush=True)
        command = ["env", "-i", "-C", PLACE, *passed_on(), "bash", "-euo", "pipefail", "-c", script]
        subprocess.run(["chroot", root, *command], check=True)  # noqa: S607
