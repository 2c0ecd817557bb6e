"""Networks and containers as an engine makes them, of Linux's own namespaces, which end with the proof."""

import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.image.compose import Container
from tests.deploy.image.filesystem import Root, as_its_user, mounts
from tests.support.programs import wait_for

SUBNET, INTERNAL = "172.28.0", "172.28.1"
GATEWAY = f"{SUBNET}.1"


def call(*command: str | Path) -> None:
    subprocess.run(command, check=True)


@dataclass
class Running:
    """A started container: the process that the command has become, and its output."""

    container: Container
    process: "subprocess.Popen[bytes]"
    output: Path
    inside: Sequence[str]

    @property
    def pid(self) -> int:
        return self.process.pid

    def execute(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """As `docker compose exec` and the health checks do: in its namespaces, as its user."""
        enter = ["nsenter", "-t", str(self.pid), "--mount", "--net", "--uts", "--ipc", "--root", "--"]
        return subprocess.run(
            [*enter, *self.inside, *command], capture_output=True, text=True, check=False, timeout=120
        )

    def is_healthy(self) -> bool:
        """By its own check; what has ended will never be."""
        if self.process.poll() is not None:
            raise SystemExit(f"confab: {self.container.name} has ended:\n{self.output.read_text()}")
        return self.execute(*self.container.health).returncode == 0

    def until_healthy(self) -> None:
        try:
            wait_for(self.is_healthy)
        except AssertionError as error:
            raise SystemExit(
                f"confab: {self.container.name} is not healthy:\n{self.output.read_text()}"
            ) from error

    def stop(self) -> int:
        """Its exit code; within its grace, or it is an error."""
        self.process.terminate()
        return self.process.wait(self.container.grace_seconds)


@dataclass
class Machine:
    """A folder for the containers' files, and what runs."""

    folder: Path
    project: Path
    volumes: Path
    internal: Mapping[str, bool] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    started: dict[str, Running] = field(default_factory=dict)

    def connect(self) -> None:
        """A bridge for each network; an internal one has no address of the machine, so that nothing leads out."""
        call("ip", "link", "set", "lo", "up")
        for name, is_internal in self.internal.items():
            call("ip", "link", "add", f"br-{name}", "type", "bridge")
            call("ip", "link", "set", f"br-{name}", "up")
            if not is_internal:
                call("ip", "addr", "add", f"{GATEWAY}/24", "dev", f"br-{name}")

    def address(self, name: str, network: str) -> str:
        number = 10 + self.numbers.index(name)
        return f"{INTERNAL if self.internal[network] else SUBNET}.{number}"

    def prepare(self, containers: Sequence[Container]) -> None:
        """A network namespace for each, with its addresses."""
        for each in containers:
            call("ip", "netns", "add", each.name)
            call("ip", "-n", each.name, "link", "set", "lo", "up")
            for index, network in enumerate(each.networks):
                self._plug(each.name, index, network)

    def _plug(self, name: str, index: int, network: str) -> None:
        outer, inner = f"v{index}-{name}", f"eth{index}"
        inside = ("ip", "-n", name)
        call("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        call("ip", "link", "set", outer, "master", f"br-{network}", "up")
        call(*inside, "addr", "add", f"{self.address(name, network)}/24", "dev", inner)
        call(*inside, "link", "set", inner, "up")
        if not self.internal[network]:
            call(*inside, "route", "add", "default", "via", GATEWAY)

    def hosts(self, container: Container, containers: Sequence[Container]) -> str:
        """The names that an engine's resolver answers: of those in a network of its own."""
        lines = ["127.0.0.1 localhost"]
        for other in containers:
            shared = [network for network in container.networks if network in other.networks]
            lines += [f"{self.address(other.name, network)} {other.name}" for network in shared[:1]]
        return "\n".join(lines) + "\n"

    def start(self, container: Container, root: Root, hosts: str) -> None:
        """Its mounts, its user, its rights, then its command in place of all that."""
        place = self.folder / container.name
        for part in ("upper", "work", "root"):
            (place / part).mkdir(parents=True)
        (place / "hosts").write_text(hosts)
        inside = as_its_user(container, root)
        command = shlex.join([*inside, *(root.command or container.command)])
        script = "\n".join(mounts(place, self.project, self.volumes, container, root))
        script += f"\nexec chroot {place / 'root'} {command}"
        namespaces = ["ip", "netns", "exec", container.name, "unshare", "--mount", "--uts", "--ipc"]
        output = place / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*namespaces, "sh", "-euc", script], stdout=file, stderr=file, stdin=subprocess.DEVNULL
            )
        self.started[container.name] = Running(container, process, output, inside)


@contextmanager
def isolated(folder: Path) -> Iterator[None]:
    """What the kernel and its tools keep of namespaces, for this process only."""
    call("mount", "--make-rprivate", "/")
    call("mount", "-t", "tmpfs", "tmpfs", "/run")
    folder.mkdir(parents=True, exist_ok=True)
    yield
