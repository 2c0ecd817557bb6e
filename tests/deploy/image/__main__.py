"""Builds the image's steps into a root file system, and starts compose.yaml in namespaces: `make image-proof`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dotenv import dotenv_values

from server.config import ROOT
from tests.deploy.files import read_compose
from tests.deploy.image import base, checks, dockerfile
from tests.deploy.image.compose import Container, read_containers
from tests.deploy.image.filesystem import Root
from tests.deploy.image.installing import install
from tests.deploy.image.machine import GATEWAY, Machine, isolated
from tests.deploy.image.outside import UNIPILE_PORT, Client, Outside
from tests.deploy.image.played import played_roots

HOST = "inbox.acme.example"
KEY = "k8Zq+71tBf0="
ENV = f"""
PUBLIC_URL=https://{HOST}
UNIPILE_DSN=http://{GATEWAY}:{UNIPILE_PORT}
TLS_FOLDER=./certificates
"""


def build(folder: Path) -> None:
    print("The base: Debian and Python", flush=True)
    root = folder / "root"
    begun = base.make_base(folder)
    print("The handbook's blocks that download packages", flush=True)
    install(begun, folder / "installed")
    base.copy_base(begun, root)
    base.borrow(root)
    print("The Dockerfile's steps", flush=True)
    dockerfile.build(root)


def make_project(folder: Path) -> Path:
    """A checkout as the handbook has it: .env, the secrets made by the script, a certificate."""
    project = folder / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(ROOT / "deploy", project / "deploy")
    (project / ".env").write_text((ROOT / ".env.example").read_text() + ENV)
    script = ["sh", str(project / "deploy/compose/secrets.sh")]
    subprocess.run(script, input=f"{KEY}\n", text=True, check=True)
    certificates = project / "certificates"
    certificates.mkdir()
    kind = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN={HOST}"
    files = ["-keyout", f"{certificates}/privkey.pem", "-out", f"{certificates}/fullchain.pem"]
    more = ["-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run(["openssl", *kind.split(), *more, *files], check=True, capture_output=True)  # noqa: S607
    return project


def image_root(folder: Path, image: dockerfile.Image) -> Root:
    """The built one, with the group that its user has there."""
    lines = (folder / "root/etc/passwd").read_text().splitlines()
    (group,) = (line.split(":")[3] for line in lines if line.split(":")[2] == image.user)
    return Root(folder / "root", image.user, group, image.folder)


def make_volumes(folder: Path, containers: list[Container], root: Path) -> None:
    """Named ones; a new volume gets the owner of the image's folder at its place."""
    shutil.rmtree(folder / "volumes", ignore_errors=True)
    for container in containers:
        for mount in container.mounts:
            if mount.source.startswith((".", "/")):
                continue
            volume = folder / "volumes" / mount.source
            volume.mkdir(parents=True, exist_ok=True)
            place = root / mount.target.lstrip("/")
            if container.is_built and place.is_dir():
                os.chown(volume, place.stat().st_uid, place.stat().st_gid)


def run(folder: Path) -> None:
    image, project = dockerfile.read_image(), make_project(folder)
    variables = {name: value or "" for name, value in dotenv_values(project / ".env").items()}
    containers = read_containers(variables, image)
    for name in ("played", "running"):
        shutil.rmtree(folder / name, ignore_errors=True)
    roots = played_roots(folder / "played") | dict.fromkeys(("web", "worker"), image_root(folder, image))
    make_volumes(folder, containers, folder / "root")
    networks = read_compose(variables)["networks"].items()
    internal = {name: bool((given or {}).get("internal")) for name, given in networks}
    names = [each.name for each in containers]
    machine = Machine(folder / "running", project, folder / "volumes", internal, names)
    with isolated(folder / "running"):
        machine.connect()
        machine.prepare(containers)
        nginx = next(each for each in containers if each.published)
        outside = Outside(KEY, machine.address(nginx.name, "outside"), nginx.published)
        outside.start()
        outside.is_up.wait(30)
        start(machine, containers, roots)
        prove(machine, Client(HOST, project / "certificates/fullchain.pem"), project)


def start(machine: Machine, containers: list[Container], roots: dict[str, Root]) -> None:
    """Each after those that it waits for, as the file says: healthy or only started."""
    healthy: set[str] = set()
    for container in containers:
        for name, condition in container.after.items():
            if condition == "service_healthy" and name not in healthy:
                machine.started[name].until_healthy()
                healthy.add(name)
        machine.start(container, roots[container.name], machine.hosts(container, containers))
    for running in machine.started.values():
        running.until_healthy()
        checks.seen(f"{running.container.name} is healthy by its own check")


def prove(machine: Machine, client: Client, project: Path) -> None:
    for running in machine.started.values():
        checks.check_rights(running)
    for name in ("web", "worker"):
        checks.check_files(machine.started[name])
    checks.check_ports(machine)
    checks.check_networks(machine)
    checks.check_published(client)
    checks.check_owner(machine.started["web"], client)
    secret = (project / "secrets/files/webhook_secret").read_text().strip()
    checks.check_webhook(machine.started["worker"], client, secret)
    checks.check_doctor(machine.started["web"])
    checks.check_stop(machine)


if __name__ == "__main__":
    {"build": build, "run": run}[sys.argv[1]](Path(sys.argv[2]).resolve())
