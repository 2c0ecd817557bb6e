"""deploy/kubernetes: names, ports and probes agree with each other and with Confab, and the settings start it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.cli.serve import STOP_LIMIT_SECONDS
from server.config import ROOT, Config, ConfigError
from server.config.reader import secret_names
from tests.deploy.files import DEPLOY, is_route, load_settings, setting_variables
from tests.server.config.loading import JWT_SECRET, PRODUCTION

FILES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OBJECTS: list[Any] = [each for path in FILES for each in yaml.safe_load_all(path.read_text())]
WORKLOADS = ("web", "worker", "migrate")
MOUNT = "/run/secrets/confab"
SECRETS = {
    "database_url": "postgres://u:p@db.example/x",
    "redis_url": "redis://redis.example",
    "unipile_api_key": PRODUCTION["UNIPILE_API_KEY"],
    "webhook_secret": PRODUCTION["WEBHOOK_SECRET"],
    "jwt_secret": JWT_SECRET,
    "erase_secret": JWT_SECRET[::-1],
    "metrics_token": "Vb8Nc1Ks6Hd3Jf5Gp0Ya",
    "aws_access_key_id": "AKIA5Gp0Ya",
    "aws_secret_access_key": "Hd3Jf5Gp0YaVb8Nc1",
}


def find(kind: str, name: str) -> Any:
    (found,) = (each for each in OBJECTS if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def template(part: str) -> Any:
    kind = "Job" if part == "migrate" else "Deployment"
    return find(kind, f"confab-{part}")["spec"]["template"]


def container(part: str) -> Any:
    (only,) = template(part)["spec"]["containers"]
    return only


def settings() -> dict[str, str]:
    data: dict[str, str] = find("ConfigMap", "confab-settings")["data"]
    return data


def read_from(folder: Path, secrets: dict[str, str]) -> Config:
    given = {name: value.replace(MOUNT, "/run/secrets") for name, value in settings().items()}
    return load_settings(given, secrets, folder)


def probes(part: str) -> Iterator[Any]:
    yield from (value for key, value in container(part).items() if key.endswith("Probe"))


def test_each_object_has_one_name() -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in OBJECTS]
    assert len(set(names)) == len(names) == 9
    assert all(each["metadata"]["labels"]["app.kubernetes.io/name"] == "confab" for each in OBJECTS)


def test_the_settings_start_a_process(tmp_path: Path) -> None:
    names = {name for name in settings() if not name.endswith("_FILE")}
    assert names <= setting_variables()
    assert all(isinstance(value, str) for value in settings().values())
    config = read_from(tmp_path, SECRETS)
    assert config.unused == ()
    # Pods have disks of their own.
    assert config.media.url.startswith("s3://")
    assert config.backup.to.startswith("s3://")


def test_every_secret_is_a_file_that_a_setting_names() -> None:
    files = {name: value for name, value in settings().items() if name.endswith("_FILE")}
    wanted = {f"{MOUNT}/{key}" for key in find("Secret", "confab-secrets")["stringData"]}
    assert set(files.values()) == wanted == {f"{MOUNT}/{key}" for key in SECRETS}
    libraries = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert {name.removesuffix("_FILE") for name in files} <= secret_names(Config) | libraries
    assert not settings().keys() & secret_names(Config)


def test_the_example_secrets_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        read_from(
            tmp_path, SECRETS | {"jwt_secret": find("Secret", "confab-secrets")["stringData"]["jwt_secret"]}
        )


@pytest.mark.parametrize("part", ["web", "worker"])
def test_selectors_find_the_pods(part: str) -> None:
    deployment, labels = find("Deployment", f"confab-{part}"), template(part)["metadata"]["labels"]
    budget = find("PodDisruptionBudget", f"confab-{part}")["spec"]
    (spread,) = template(part)["spec"]["topologySpreadConstraints"]
    for selector in (deployment["spec"]["selector"], budget["selector"], spread["labelSelector"]):
        assert selector == {"matchLabels": labels}
    # Draining a node must be able to go on.
    assert budget["minAvailable"] < deployment["spec"]["replicas"]
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_requests_lead_to_the_web_process() -> None:
    service = find("Service", "confab-web")["spec"]
    assert service["selector"] == template("web")["metadata"]["labels"]
    (port,) = service["ports"]
    (opened,) = container("web")["ports"]
    assert (port["targetPort"], str(opened["containerPort"])) == (opened["name"], settings()["PORT"])
    ingress = find("Ingress", "confab")["spec"]
    (rule,) = ingress["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": "confab-web", "port": {"name": port["name"]}}
    assert settings()["PUBLIC_URL"] == f"https://{rule['host']}"
    assert ingress["tls"][0]["hosts"] == [rule["host"]]


def test_probes_ask_what_is_answered() -> None:
    asked = {name: container("web")[name]["httpGet"] for name in container("web") if name.endswith("Probe")}
    assert asked.keys() == {"startupProbe", "livenessProbe", "readinessProbe"}
    assert {probe["port"] for probe in asked.values()} == {"http"}
    assert all(is_route(probe["path"]) for probe in asked.values())
    # Alive is less than ready: a database that is away must not restart the processes.
    assert (asked["livenessProbe"]["path"], asked["readinessProbe"]["path"]) == ("/health", "/health/ready")
    (opened,) = container("worker")["ports"]
    assert str(opened["containerPort"]) == settings()["CONFAB_METRICS_WORKER_PORT"]
    for probe in probes("worker"):
        code = probe["exec"]["command"][-1]
        compile(code, "probe", "exec")
        assert f"'127.0.0.1', {opened['containerPort']}, " in code


@pytest.mark.parametrize("part", WORKLOADS)
def test_pods_are_confined(part: str) -> None:
    pod, inside = template(part)["spec"], container(part)
    assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False
    user = pod["securityContext"]
    assert (user["runAsNonRoot"], user["runAsUser"], user["fsGroup"]) == (True, 999, 999)
    assert user["seccompProfile"] == {"type": "RuntimeDefault"}
    confined = inside["securityContext"]
    assert confined == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert inside["envFrom"] == [{"configMapRef": {"name": "confab-settings"}}]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes["secrets"]["secret"] == {"secretName": "confab-secrets", "defaultMode": 0o440}
    mounted = {mount["name"]: mount["mountPath"] for mount in inside["volumeMounts"]}
    assert mounted == {"secrets": MOUNT, "tmp": "/tmp"}  # noqa: S108 - read
    assert inside["image"] == container("web")["image"]
    assert inside["resources"]["limits"].keys() == {"memory"}


@pytest.mark.parametrize("part", ["web", "worker"])
def test_processes_have_the_time_to_end(part: str) -> None:
    before = container(part).get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["", "0"])
    assert template(part)["spec"]["terminationGracePeriodSeconds"] > STOP_LIMIT_SECONDS + int(before[1])


def test_commands_are_those_of_the_procfile() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    commands = {
        name: text[text.index("python ") :] for name, _, text in (line.partition(": ") for line in lines)
    }
    for part, process in (("web", "web"), ("worker", "worker"), ("migrate", "release")):
        assert " ".join(container(part)["command"]) == commands[process]
    assert template("migrate")["spec"]["restartPolicy"] == "Never"


@pytest.mark.system
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_schemas_of_kubernetes_accept_the_files(path: Path) -> None:
    command = [sys.executable, "-m", "kubernetes_validate", "--strict", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
