"""Reads the services of compose.yaml as what the proof starts; a key that it does not know is an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.deploy.files import read_compose
from tests.deploy.image.dockerfile import Image

# What the proof does as it is written; what is the engine's own, and is not proven.
DONE = {
    *("build", "image", "entrypoint", "command", "environment", "env_file", "volumes", "tmpfs", "networks"),
    *("ports", "expose", "depends_on", "healthcheck", "read_only", "cap_drop", "cap_add", "security_opt"),
    *("shm_size", "secrets", "stop_grace_period"),
}
ENGINES = {"restart", "logging"}
# Needs an authority that issues certificates; the proof brings its own.
LEFT_OUT = "certbot"
SECRETS = "/run/secrets"


@dataclass(frozen=True)
class Mount:
    """A folder or file of this machine, or a volume, at its place in the container."""

    source: str
    target: str
    is_read_only: bool


@dataclass(frozen=True)
class Container:
    """A service as it is started."""

    name: str
    is_built: bool
    command: list[str]
    environment: Mapping[str, str]
    mounts: list[Mount]
    tmpfs: Mapping[str, str]
    networks: list[str]
    published: list[tuple[int, int]]
    exposed: set[int]
    after: Mapping[str, str]
    health: list[str]
    capabilities: frozenset[str]
    is_read_only: bool
    keeps_privileges: bool
    shared_memory: str
    grace_seconds: float


def read_containers(environ: Mapping[str, str], image: Image) -> list[Container]:
    """The services with these variables, in an order in which each comes after what it depends on."""
    services = read_compose(environ)["services"]
    found = [container(name, services[name], environ, image) for name in services if name != LEFT_OUT]
    ordered: list[Container] = []
    while found:
        started = {each.name for each in ordered}
        ready = next(each for each in found if each.after.keys() <= started)
        found.remove(ready)
        ordered.append(ready)
    return ordered


def container(name: str, service: Any, environ: Mapping[str, str], image: Image) -> Container:
    if unknown := service.keys() - DONE - ENGINES:
        raise ValueError(f"{name} has {', '.join(sorted(unknown))}, which the proof cannot do")
    if service["cap_drop"] != ["ALL"]:
        raise ValueError(f"{name} drops {service['cap_drop']}, of which the proof knows only ALL")
    given = dict(environ) if service.get("env_file") == ".env" else {}
    is_built = "build" in service
    return Container(
        name,
        is_built,
        [*service.get("entrypoint", []), *service.get("command", image.command if is_built else [])],
        (dict(image.environment) if is_built else {}) | given | service.get("environment", {}),
        [*(mount(text) for text in service.get("volumes", [])), *secrets(service)],
        dict(tmpfs(text) for text in service["tmpfs"]),
        service["networks"],
        [published(text) for text in service.get("ports", [])],
        {int(port) for port in service.get("expose", [])},
        dependencies(service.get("depends_on", {})),
        health(service["healthcheck"]["test"]),
        frozenset(service.get("cap_add", [])),
        service["read_only"],
        service["security_opt"] != ["no-new-privileges:true"],
        service.get("shm_size", "64m"),
        float(service.get("stop_grace_period", "10s").removesuffix("s")),
    )


def mount(text: str) -> Mount:
    source, target, *options = text.split(":")
    return Mount(source, target, options == ["ro"])


def secrets(service: Any) -> list[Mount]:
    return [
        Mount(f"./secrets/files/{name}", f"{SECRETS}/{name}", True) for name in service.get("secrets", [])
    ]


def tmpfs(text: str) -> tuple[str, str]:
    """A folder and its options; the engine's own are those of /tmp."""
    folder, _, options = text.partition(":")
    return folder, options or "mode=1777"


def published(text: str) -> tuple[int, int]:
    """The port of the machine, and that of the container."""
    _, outer, inner = text.rsplit(":", 2)
    return int(outer), int(inner)


def dependencies(given: Any) -> dict[str, str]:
    return {name: value["condition"] for name, value in given.items()}


def health(test: list[str]) -> list[str]:
    kind, *words = test
    return words if kind == "CMD" else ["/bin/sh", "-c", *words]
