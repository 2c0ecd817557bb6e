"""compose.yaml, its scripts and the image: what is published, what containers may do, what they start with."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.config import ROOT, load_config
from tests.deploy.files import (
    DEPLOY,
    MissingError,
    image_folders,
    instructions,
    is_route,
    load_settings,
    read_compose,
)
from tests.flows.nginx import MAIN, make_certificate
from tests.server.config.loading import JWT_SECRET, PRODUCTION, TOML, WEBHOOK_SECRET

ENV = {"UNIPILE_DSN": PRODUCTION["UNIPILE_DSN"], "PUBLIC_URL": "https://inbox.acme.example"}
SECRETS = {
    "postgres_password": "p@ss/w:rd#%",
    "unipile_api_key": PRODUCTION["UNIPILE_API_KEY"],
    "webhook_secret": WEBHOOK_SECRET,
    "jwt_secret": JWT_SECRET,
    "erase_secret": JWT_SECRET[::-1],
}
MOUNTED = "./secrets/files:/run/secrets:ro"
SERVICES = ("nginx", "certbot", "web", "worker", "postgres", "valkey")
SCRIPTS = DEPLOY / "compose"


@pytest.fixture(scope="module")
def services() -> Any:
    return read_compose(ENV)["services"]


def test_only_nginx_is_published(services: Any) -> None:
    assert set(services) == set(SERVICES)
    assert [name for name in SERVICES if "ports" in services[name]] == ["nginx"]
    assert {port.rpartition(":")[2] for port in services["nginx"]["ports"]} == {"80", "443"}
    # Postgres and Valkey are only where nothing leads in or out.
    assert read_compose(ENV)["networks"]["inside"] == {"internal": True}
    assert {name for name in SERVICES if "outside" not in services[name]["networks"]} == {
        "postgres",
        "valkey",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_and_confined(services: Any, name: str) -> None:
    service = services[name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    assert service["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert any(folder.partition(":")[0] == "/tmp" for folder in service["tmpfs"])  # noqa: S108 - read


@pytest.mark.parametrize("name", ["UNIPILE_DSN", "PUBLIC_URL"])
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(MissingError, match=name):
        read_compose(ENV | {name: ""})


@pytest.mark.parametrize("name", ["web", "worker"])
def test_its_settings_start_a_process(services: Any, name: str, tmp_path: Path) -> None:
    service = services[name]
    # Every other setting of .env reaches it too.
    assert service["env_file"] == ".env"
    assert MOUNTED in service["volumes"]
    config = load_settings(service["environment"], SECRETS, tmp_path)
    assert config.unused == ()
    assert (config.secrets.jwt_secret, config.secrets.erase_secret) == (JWT_SECRET, JWT_SECRET[::-1])
    assert config.web.host == "0.0.0.0"
    assert config.worker.embedded is (name == "worker")


def test_only_the_containers_own_settings_override_the_env_file() -> None:
    written = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    fixed = {
        name
        for service in ("web", "worker")
        for name, value in written[service]["environment"].items()
        if f"${{{name}" not in value and not name.endswith("_FILE")
    }
    own = {"HOST", "PORT", "DATA_DIR", "CONFAB_WORKER_EMBEDDED", "CONFAB_METRICS_WORKER_PORT"}
    assert fixed == own


def test_no_secret_is_in_the_file_or_its_urls(services: Any) -> None:
    for name in ("web", "worker", "postgres"):
        for key, value in services[name]["environment"].items():
            if re.search("PASSWORD|SECRET|KEY|TOKEN", key):
                assert key.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in SECRETS
            assert not re.search("://[^/]*:[^/]*@", value)


def test_variables_of_compose_in_the_env_file_are_no_unknown_settings(tmp_path: Path) -> None:
    text = (ROOT / "compose.yaml").read_text()
    own = set(re.findall(r"\$\{([A-Z_]+)", text)) - {"DATABASE_URL", "REDIS_URL", *ENV}
    own = {name for name in own if not name.startswith("CONFAB_")}
    (tmp_path / ".env").write_text("".join(f"{name}=x\n" for name in own))
    assert "TLS_FOLDER" in own
    config = load_config({**PRODUCTION, "DATA_DIR": str(tmp_path)}, TOML, tmp_path / ".env")
    assert config.unused == ()


@pytest.mark.parametrize("name", ["web", "worker"])
def test_health_checks_ask_what_is_answered(services: Any, name: str) -> None:
    kind, program, option, code = services[name]["healthcheck"]["test"]
    assert (kind, program, option) == ("CMD", "python", "-c")
    compile(code, "healthcheck", "exec")
    (path,) = re.findall(r"(/health(?:/ready)?|/metrics)'", code)
    (port,) = re.findall(r"127\.0\.0\.1(?::|', )(\d+)", code)
    assert is_route(path)
    assert [port] == services[name]["expose"]
    assert port == services[name]["environment"]["PORT" if name == "web" else "CONFAB_METRICS_WORKER_PORT"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_a_process_writes_is_its_own(services: Any, name: str) -> None:
    """Everything else is read-only: volumes get the owner of the image's folder."""
    written = {volume.split(":")[1] for volume in services[name]["volumes"] if not volume.endswith(":ro")}
    assert written == image_folders() == {"/app/var/media", "/backups"}


def test_volumes_and_mounted_files_exist(services: Any) -> None:
    named = set(read_compose(ENV)["volumes"])
    for service in services.values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in named or source == "./secrets/files" or (ROOT / source).is_file(), source


def test_the_image_runs_as_a_user_with_compiled_modules() -> None:
    found = list(instructions())
    assert found[-1] == ("CMD", ["[python,", "run.py]"])
    assert [words for name, words in found if name == "USER"] == [["999"]]
    (compiled,) = (words for name, words in found if name == "RUN" and "compileall" in words)
    copied = [source for name, words in found if name == "COPY" for source in words[:-1]]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored
    modules = {
        source for source in copied if source.endswith(".py") or (ROOT / source / "__init__.py").exists()
    }
    assert modules <= set(compiled)


@pytest.mark.system
def test_modules_are_compiled_by_the_images_command(tmp_path: Path) -> None:
    (compiled,) = (words for name, words in instructions() if name == "RUN" and "compileall" in words)
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "one.py").write_text("x = 1\n")
    options = compiled[1 : compiled.index("run.py")]
    subprocess.run([ROOT / ".venv/bin/python", *options, "server"], cwd=tmp_path, check=True)
    (cached,) = (tmp_path / "server" / "__pycache__").glob("one.*.pyc")
    assert cached.read_bytes()[4:8] == b"\x01\0\0\0"  # a hash that is not checked


def shell(script: str, *arguments: str, cwd: Path = ROOT, stdin: str = "", **environ: str) -> Any:
    return subprocess.run(
        ["sh", SCRIPTS / script, *arguments],  # noqa: S607
        env={"PATH": os.environ["PATH"], **environ},
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def render(public_url: str, folder: Path) -> Any:
    source = str(DEPLOY / "nginx.conf")
    return shell("nginx.sh", "render", PUBLIC_URL=public_url, SOURCE=source, TLS=str(folder))


@pytest.mark.system
def test_nginx_accepts_the_configuration(tmp_path: Path) -> None:
    nginx = subprocess.run([ROOT / ".ci" / "nginx"], capture_output=True, text=True, check=True).stdout
    text = render("https://inbox.acme.example:8443/", tmp_path).stdout
    assert "server_name inbox.acme.example;" in text
    assert "return 301 https://inbox.acme.example:8443$request_uri;" in text
    assert "server web:8080 resolve max_fails" in text
    assert not re.search(r"10\.0\.0\.|/etc/ssl|inbox\.example", text)
    make_certificate(tmp_path)
    (tmp_path / "cert.pem").rename(tmp_path / "fullchain.pem")
    (tmp_path / "key.pem").rename(tmp_path / "privkey.pem")
    # nginx resolves names of servers since 1.27.3; the name is one of Docker's network.
    older = text.replace("web:8080 resolve", "127.0.0.1:8080")
    (tmp_path / "confab.conf").write_text(older)
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path, user=""))
    done = subprocess.run(
        [nginx.strip(), "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.system
@pytest.mark.parametrize(
    "url", ["http://inbox.acme.example", "https://", "https://a b", "https://x/$(id)", ""]
)
def test_an_address_that_nginx_cannot_serve_is_rejected(url: str, tmp_path: Path) -> None:
    done = render(url, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "PUBLIC_URL must be" in done.stderr


def copy_of(script: str, folder: Path) -> Path:
    """The script in a project of the test's own."""
    target = folder / "deploy" / "compose" / script
    target.parent.mkdir(parents=True)
    target.write_bytes((SCRIPTS / script).read_bytes())
    return target


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.system
def test_secrets_are_made_once_and_accepted(tmp_path: Path, services: Any) -> None:
    script = copy_of("secrets.sh", tmp_path)
    assert shell(str(script)).returncode == 1  # no key was given
    assert shell(str(script), stdin="k8Zq+71tBf0=\n").returncode == 0
    folder = tmp_path / "secrets" / "files"
    made = contents(folder)
    assert made.keys() == SECRETS.keys()
    assert made["unipile_api_key"] == "k8Zq+71tBf0=\n"
    assert shell(str(script)).returncode == 0
    assert contents(folder) == made
    read = tmp_path / "read"
    read.mkdir()
    assert load_settings(services["web"]["environment"], made, read).unused == ()


@pytest.mark.system
def test_containers_can_read_the_secrets_and_others_on_the_machine_cannot(tmp_path: Path) -> None:
    """Regression: the folder that is mounted had mode 700, so user 999 could not enter it, and no process started."""
    shell(str(copy_of("secrets.sh", tmp_path)), stdin="k8Zq+71tBf0=\n")
    folder = tmp_path / MOUNTED.split(":")[0]
    assert folder.stat().st_mode & 0o777 == 0o755
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    files = [secret["file"] for secret in read_compose(ENV)["secrets"].values()]
    assert all((tmp_path / file).parent == folder for file in files)


@pytest.mark.system
def test_secrets_of_before_are_moved_to_where_containers_see_them(tmp_path: Path) -> None:
    script = copy_of("secrets.sh", tmp_path)
    (tmp_path / "secrets").mkdir()
    for name, value in {**SECRETS, "smtp_url": "smtps://mail.example"}.items():
        (tmp_path / "secrets" / name).write_text(value)
    assert shell(str(script)).returncode == 0
    assert contents(tmp_path / "secrets" / "files") == {**SECRETS, "smtp_url": "smtps://mail.example"}
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["files"]


@pytest.mark.system
def test_images_are_pinned_to_the_digests_of_a_registry(tmp_path: Path) -> None:
    """The registry's client is played; which digests there are is known only where there is one."""
    digest = f"sha256:{'ab' * 32}"
    (tmp_path / "docker").write_text(f"#!/bin/sh\necho {digest}\n")
    (tmp_path / "docker").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    lines = dict(line.split("=", 1) for line in shell("pin.sh", PATH=path).stdout.splitlines())
    pinned = read_compose(ENV | lines)["services"]
    images = {name: service["image"] for name, service in pinned.items() if service["image"] != "confab"}
    assert set(images) == {"nginx", "certbot", "postgres", "valkey"}
    base = pinned["web"]["build"]["args"]["PYTHON_IMAGE"]
    assert all(image.endswith(f"@{digest}") for image in (*images.values(), base))
    assert not any("latest" in image for image in images.values())
    (tmp_path / "docker").write_text("#!/bin/sh\necho nothing\n")
    assert shell("pin.sh", PATH=path).returncode == 1
