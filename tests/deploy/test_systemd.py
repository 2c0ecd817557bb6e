"""deploy/systemd: systemd accepts the units, they are confined, and their settings start the processes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.cli.serve import STOP_LIMIT_SECONDS
from server.config import ROOT, Config, load_config
from server.config.reader import secret_names
from tests.deploy.files import DEPLOY, setting_variables
from tests.server.config.loading import JWT_SECRET, PRODUCTION, TOML

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
ENV_FILE = DEPLOY / "systemd" / "confab.env"
NAMES = [path.name for path in UNITS]
ANALYZE = shutil.which("systemd-analyze")
INSTALLED = "/opt/confab"
CREDENTIALS = "%d"
OWN = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
SECRETS = {
    **PRODUCTION,
    "DATABASE_URL": "postgres:///confab",
    "REDIS_URL": "redis://127.0.0.1",
    "ERASE_SECRET": JWT_SECRET[::-1],
}
# Of 10, by systemd's own judgement; a service without any confinement has 9.6.
MOST_EXPOSURE = 1.5


def entries(path: Path) -> list[tuple[str, str]]:
    """The keys and values of a unit, in order; a key may be repeated."""
    return re.findall(r"^(\w+)=(.*)$", path.read_text(), re.MULTILINE)


def values(path: Path, key: str) -> list[str]:
    return [value for name, value in entries(path) if name == key]


def environment(path: Path) -> dict[str, str]:
    pairs = " ".join(values(path, "Environment")).split()
    return dict(pair.split("=", 1) for pair in pairs)


def installed(folder: Path) -> list[Path]:
    """The units as if this checkout were installed; that of the web process as an instance."""
    paths = []
    for unit in UNITS:
        path = folder / unit.name.replace("@.", "@8080.")
        path.write_text(unit.read_text().replace(INSTALLED, str(ROOT)))
        paths.append(path)
    return paths


def analyze(*arguments: str | Path) -> str:
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    done = subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.system
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    said = analyze("verify", *installed(tmp_path))
    assert not [line for line in said.splitlines() if str(tmp_path) in line or "confab" in line]


@pytest.mark.system
def test_systemd_finds_them_confined(tmp_path: Path) -> None:
    for path in installed(tmp_path):
        said = analyze("security", "--offline=true", "--no-pager", path)
        (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said)
        assert float(exposure) <= MOST_EXPOSURE, said


def write_secrets(folder: Path) -> None:
    for name, value in SECRETS.items():
        if name != "UNIPILE_DSN":
            (folder / name.lower()).write_text(value)


@pytest.mark.parametrize("path", UNITS, ids=NAMES)
def test_its_settings_start_a_process(path: Path, tmp_path: Path) -> None:
    given = environment(path)
    files = {name for name in given if name.endswith("_FILE")}
    assert {name.removesuffix("_FILE") for name in files} <= secret_names(Config)
    assert given.keys() - files - OWN <= setting_variables()
    write_secrets(tmp_path)
    settings = {
        name: value.replace(CREDENTIALS, str(tmp_path)).replace("%i", "8081") for name, value in given.items()
    }
    # The environment takes precedence over .env, whose files only root can read.
    config = load_config(settings, TOML, ENV_FILE)
    assert config.unused == ()
    assert config.data_dir == Path("/var/lib") / values(path, "StateDirectory")[0]
    assert config.web.port == 8081 or config.metrics.worker_port == 9100


def test_commands_have_the_same_secrets(tmp_path: Path) -> None:
    write_secrets(tmp_path)
    copy = tmp_path / ".env"
    copy.write_text(ENV_FILE.read_text().replace("/etc/confab/secrets", str(tmp_path)))
    config = load_config({}, TOML, copy)
    assert (config.secrets.jwt_secret, config.unused) == (JWT_SECRET, ())
    named = {name for name, _ in re.findall(r"^(\w+_FILE)=(.*)$", ENV_FILE.read_text(), re.MULTILINE)}
    for path in UNITS:
        assert {name for name in environment(path) if name.endswith("_FILE")} == named


@pytest.mark.parametrize("path", UNITS, ids=NAMES)
def test_every_secret_it_names_is_handed_over(path: Path) -> None:
    loaded = dict(value.split(":", 1) for value in values(path, "LoadCredential"))
    named = {value.rpartition("/")[2] for name, value in environment(path).items() if name.endswith("_FILE")}
    assert loaded == {name: f"/etc/confab/secrets/{name}" for name in named}


@pytest.mark.parametrize("path", UNITS, ids=NAMES)
def test_it_runs_our_program_and_lets_it_end(path: Path) -> None:
    (command,) = values(path, "ExecStart")
    program, script = command.split()
    assert program == f"{INSTALLED}/.venv/bin/python"
    assert (ROOT / script).is_file()
    assert values(path, "User") == ["confab"]
    assert float(values(path, "TimeoutStopSec")[0]) > STOP_LIMIT_SECONDS


def test_both_units_are_confined_in_the_same_way() -> None:
    differing = {"Description", "ExecStart", "Environment"}
    first, second = ([each for each in entries(path) if each[0] not in differing] for path in UNITS)
    assert first == second
