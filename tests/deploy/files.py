"""Reads compose.yaml as Compose does, and what deployment files name: settings, routes, the image's folders."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from server.config import ROOT, Config, load_config
from server.config.reader import Reader, read_toml
from server.routes import ROUTES
from tests.server.config.loading import TOML

# ${NAME}, ${NAME-default}, ${NAME:-default}, ${NAME:?message}
VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")
DEPLOY = ROOT / "deploy"
METRICS = "/metrics"


class MissingError(Exception):
    """A variable that the file requires is not set."""


def interpolated(text: str, environ: Mapping[str, str]) -> str:
    """The file as Compose reads it with this .env."""

    def value(match: re.Match[str]) -> str:
        name, operator, text = match.groups()
        given = environ.get(name)
        if operator in (":-", ":?") and not given:
            given = None
        if given is None and operator == ":?":
            raise MissingError(name)
        return given if given is not None else (text or "")

    return VARIABLE.sub(value, text)


def read_compose(environ: Mapping[str, str]) -> Any:
    """compose.yaml with these variables."""
    return yaml.safe_load(interpolated((ROOT / "compose.yaml").read_text(), environ))


def load_settings(environ: Mapping[str, str], secrets: Mapping[str, str], folder: Path) -> Config:
    """The configuration of a container's environment, with its files of secrets in this folder."""
    for name, value in secrets.items():
        (folder / name).write_text(value)
    moved = {name: re.sub(r"^/run/secrets/", f"{folder}/", value) for name, value in environ.items()}
    return load_config(moved, TOML)


def setting_variables() -> frozenset[str]:
    """The names of all variables that set something."""
    reader = Reader(read_toml(TOML), {})
    reader.read(Config)
    return reader.known


def is_route(url: str) -> bool:
    """Whether the web process, or a worker for metrics, answers GET there without a token."""
    path = urlsplit(url).path
    return path == METRICS or any(
        (route.method, route.path, route.needs_token) == ("GET", path, False) for route in ROUTES
    )


def written_instructions() -> Iterator[tuple[str, str]]:
    """The Dockerfile's instructions with what follows them."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest


def instructions() -> Iterator[tuple[str, list[str]]]:
    """The same with its words."""
    for name, rest in written_instructions():
        yield name, shlex.split(rest)


def image_folders() -> set[str]:
    """The folders that the image gives to the process."""
    words = next(words for name, words in instructions() if name == "RUN" and "useradd" in words)
    after = words[words.index("confab", words.index("install")) + 1 :]
    return {folder if folder.startswith("/") else f"/app/{folder}" for folder in after}
