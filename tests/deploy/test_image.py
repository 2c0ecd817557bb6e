"""`make image-proof` reads the Dockerfile and compose.yaml as they are. The proof itself is no test."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.config import ROOT
from tests.deploy import files
from tests.deploy.image import compose, dockerfile
from tests.deploy.image.compose import ENGINES, Container, Mount, read_containers
from tests.deploy.image.filesystem import Root, as_its_user, mounts
from tests.deploy.image.installing import downloading
from tests.deploy.image.machine import Machine

ENV = {"UNIPILE_DSN": "https://api1.unipile.com:13111", "PUBLIC_URL": "https://inbox.acme.example"}
IMAGE = dockerfile.read_image()
CONTAINERS = {each.name: each for each in read_containers(ENV, IMAGE)}
HANDBOOK = ROOT / "docs/operations/install.md"


def test_the_image_is_read_as_it_is_written() -> None:
    assert (IMAGE.base, IMAGE.folder, IMAGE.user) == ("python:3.13-slim", "/app", "999")
    assert (IMAGE.command, IMAGE.ports, IMAGE.stop_signal) == (["python", "run.py"], {"8080"}, "SIGTERM")
    assert IMAGE.environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert IMAGE.environment["HOST"] == "0.0.0.0"


def test_an_instruction_that_the_proof_cannot_do_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "ROOT", tmp_path)
    (tmp_path / "Dockerfile").write_text("ARG A=b\nHEALTHCHECK CMD true\n")
    with pytest.raises(ValueError, match="has HEALTHCHECK"):
        dockerfile.read_image()


def test_what_is_copied_is_in_the_context(tmp_path: Path) -> None:
    dockerfile.copy(replace(IMAGE, folder="/app"), "server server", tmp_path)
    assert (tmp_path / "app/server/config").is_dir()
    assert not list(tmp_path.rglob("__pycache__"))
    with pytest.raises(ValueError, match=r"\.dockerignore leaves tests out"):
        dockerfile.copy(IMAGE, "tests tests", tmp_path)


def test_services_start_after_what_they_wait_for() -> None:
    order = list(CONTAINERS)
    assert set(order) == {"postgres", "valkey", "web", "worker", "nginx"}
    for name, container in CONTAINERS.items():
        assert all(order.index(other) < order.index(name) for other in container.after)
    assert CONTAINERS["web"].after == {"postgres": "service_healthy", "valkey": "service_healthy"}


def test_a_key_that_the_proof_cannot_do_is_an_error() -> None:
    text = files.interpolated((ROOT / "compose.yaml").read_text(), ENV)
    service: Any = yaml.safe_load(text)["services"]["web"]
    with pytest.raises(ValueError, match="web has pid, which"):
        compose.container("web", service | {"pid": "host"}, ENV, IMAGE)
    with pytest.raises(ValueError, match="of which the proof knows only ALL"):
        compose.container("web", service | {"cap_drop": ["SYS_ADMIN"]}, ENV, IMAGE)


def test_services_are_started_as_the_files_say() -> None:
    web, worker, nginx, postgres = (CONTAINERS[name] for name in ("web", "worker", "nginx", "postgres"))
    assert (web.command, worker.command) == (["python", "run.py"], ["python", "worker.py"])
    assert nginx.command == ["/bin/sh", "/confab/nginx.sh"]
    # All of .env, the image's own, and the file's, which come last.
    own = {("PYTHONUNBUFFERED", "1"), ("CONFAB_WORKER_EMBEDDED", "false")}
    assert web.environment.items() >= {*ENV.items(), *own}
    assert Mount("./secrets/files", "/run/secrets", True) in web.mounts
    assert Mount("media", "/app/var/media", False) in worker.mounts
    password = Mount("./secrets/files/postgres_password", "/run/secrets/postgres_password", True)
    assert password in postgres.mounts
    assert (nginx.published, web.published) == ([(80, 80), (443, 443)], [])
    assert (web.exposed, worker.exposed) == ({8080}, {9100})
    assert postgres.health == ["/bin/sh", "-c", "pg_isready -U confab"]
    assert (web.grace_seconds, web.shared_memory, postgres.shared_memory) == (30.0, "64m", "256m")


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_it_gets_no_right_but_those_of_the_file(container: Container) -> None:
    started = as_its_user(container, Root(Path("/layer"), "999", "998", "/app"))
    rights = started[started.index("setpriv") :]
    kept = ",".join(["-all", *sorted(f"+{name.lower()}" for name in container.capabilities)])
    assert rights == [
        *("setpriv", "--reuid=999", "--regid=998", "--clear-groups", "--inh-caps=-all"),
        *(f"--bounding-set={kept}", "--no-new-privs", "--"),
    ]


def test_only_volumes_are_mounted_writable(tmp_path: Path) -> None:
    root = Root(Path("/layer"))
    commands = list(mounts(tmp_path, Path("/project"), Path("/volumes"), CONTAINERS["web"], root))
    top = tmp_path / "root"
    read_only = {line.split()[-1] for line in commands if line.startswith("mount -o remount,bind,ro")}
    bound = {line.split()[-1] for line in commands if line.startswith("mount --bind")}
    assert bound - read_only == {f"{top}/app/var/media", f"{top}/backups"}
    assert f"mount --bind /project/secrets/files {top}/run/secrets" in commands
    # Its places are made before nothing can be made any longer.
    places = [index for index, line in enumerate(commands) if "mkdir -p" in line]
    assert max(places) < commands.index(f"mount -o remount,ro {top}")


def test_names_are_those_of_shared_networks(tmp_path: Path) -> None:
    networks = {"outside": False, "inside": True}
    machine = Machine(tmp_path, tmp_path, tmp_path, networks, list(CONTAINERS))
    known = {
        name: {line.split()[1] for line in machine.hosts(each, list(CONTAINERS.values())).splitlines()}
        for name, each in CONTAINERS.items()
    }
    assert known["nginx"] == {"localhost", "nginx", "web", "worker"}
    assert known["postgres"] == {"localhost", "postgres", "valkey", "web", "worker"}


def test_the_blocks_that_download_packages_are_run_by_the_proof() -> None:
    found = downloading()
    assert len(found) == 2
    assert all("pip install --require-hashes -r requirements.txt" in block for block in found)


def test_the_handbook_lists_what_is_the_engines() -> None:
    text = HANDBOOK.read_text()
    assert "make image-proof" in text
    assert all(f"`{key}`" in text for key in ENGINES)
