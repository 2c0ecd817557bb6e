"""Reads the Dockerfile, and does its steps in a root file system; an instruction that is not known is an error."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from server.config import ROOT
from tests.deploy.files import written_instructions

PATH = "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin"
# What pip needs to reach its registry from here: of this machine, and of no image.
PASSED_ON = ("PIP_INDEX_URL", "PIP_CERT", "PIP_DEFAULT_TIMEOUT", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
READ = ("FROM", "ARG", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "CMD")


@dataclass
class Image:
    """What the instructions have set: how its processes start."""

    base: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    ports: set[str] = field(default_factory=set)
    stop_signal: str = "SIGTERM"


def instructions() -> Iterator[tuple[str, str]]:
    """The instructions, all of which are known."""
    for name, rest in written_instructions():
        if name not in READ:
            raise ValueError(f"the Dockerfile has {name}, which the proof cannot do")
        yield name, rest


def assign(image: Image, name: str, rest: str) -> None:
    """An instruction that only says something about the image."""
    match name:
        case "FROM":
            image.base = image.arguments[rest.strip("${}")]
        case "ARG":
            image.arguments |= dict([rest.split("=", 1)])
        case "ENV":
            image.environment |= dict(word.split("=", 1) for word in shlex.split(rest))
        case "WORKDIR":
            image.folder = rest
        case "USER":
            image.user = rest
        case "EXPOSE":
            image.ports.add(rest)
        case "STOPSIGNAL":
            image.stop_signal = rest
        case "CMD":
            image.command = json.loads(rest)


def read_image() -> Image:
    """What the whole Dockerfile says, without doing its steps."""
    image = Image()
    for name, rest in instructions():
        assign(image, name, rest)
    return image


def is_in_context(source: str) -> bool:
    """Whether .dockerignore, which names what is sent, lets it through."""
    return f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()


def copy(image: Image, rest: str, root: Path) -> None:
    *sources, target = rest.split()
    place = root / os.path.normpath(f"{image.folder}/{target}").lstrip("/")
    for source in sources:
        if not is_in_context(source):
            raise ValueError(f".dockerignore leaves {source} out, which the Dockerfile copies")
        if (ROOT / source).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, place, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy2(ROOT / source, place / source if place.is_dir() else place)


def passed_on() -> list[str]:
    """Words for `env`: where programs are, and what pip needs."""
    return [f"PATH={PATH}", *(f"{name}={os.environ[name]}" for name in PASSED_ON if name in os.environ)]


def run(image: Image, rest: str, root: Path) -> None:
    own = [f"{name}={value}" for name, value in image.environment.items()]
    inside = ["env", "-i", "-C", image.folder, *passed_on(), *own, "/bin/sh", "-ec", rest]
    subprocess.run(["chroot", root, *inside], check=True)  # noqa: S607


def build(root: Path) -> Image:
    """Do all steps in this root file system, which is the base's."""
    image = Image()
    for name, rest in instructions():
        print(f"   {name} {rest[:100]}", flush=True)
        assign(image, name, rest)
        (root / image.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        if name == "COPY":
            copy(image, rest, root)
        elif name == "RUN":
            run(image, rest, root)
    return image
