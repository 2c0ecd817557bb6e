"""What a container sees: its layer, the mounts that compose.yaml asks for, its user and its rights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.image.compose import Container, Mount

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
PATH = "/opt/played:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"


@dataclass(frozen=True)
class Root:
    """A root file system: its layer, what of this machine is shown in it, and who its command runs as."""

    layer: Path
    user: str = "0"
    group: str = "0"
    folder: str = "/"
    shown: Mapping[str, str] = field(default_factory=dict)
    # In place of an image's own entrypoint, which is not here.
    command: list[str] = field(default_factory=list)


def as_its_user(container: Container, root: Root) -> list[str]:
    """The environment, the folder, the user, and no right but those that are added."""
    environment = [f"{name}={value}" for name, value in container.environment.items()]
    if "PATH" not in container.environment:
        environment.append(f"PATH={PATH}")
    kept = ",".join(["-all", *(f"+{name.lower()}" for name in sorted(container.capabilities))])
    rights = ["setpriv", f"--reuid={root.user}", f"--regid={root.group}", "--clear-groups", "--inh-caps=-all"]
    rights += [f"--bounding-set={kept}", *([] if container.keeps_privileges else ["--no-new-privs"])]
    return ["env", "-i", "-C", root.folder, *environment, *rights, "--"]


def binds(place: Path, project: Path, volumes: Path, container: Container, root: Root) -> Iterator[Mount]:
    """What is mounted from this machine, with its place there."""
    for target, source in root.shown.items():
        yield Mount(source, target, True)
    yield Mount(str(place / "hosts"), "/etc/hosts", True)
    for each in container.mounts:
        own = {".": str(project / each.source), "/": each.source}
        source = own.get(each.source[0], str(volumes / each.source))
        yield Mount(source, each.target, each.is_read_only)


def mounts(place: Path, project: Path, volumes: Path, container: Container, root: Root) -> Iterator[str]:
    """The commands that make its file system, as the engine does before it starts anything."""
    top = place / "root"
    # Its name is in its hosts: whoever asks for the name of this machine waits for no resolver.
    yield f"echo {container.name} >/proc/sys/kernel/hostname"
    lower = f"lowerdir={root.layer},upperdir={place}/upper,workdir={place}/work"
    yield f"mount -t overlay overlay -o {lower} {top}"
    yield f"mkdir -p {top}/proc {top}/dev"
    bound = list(binds(place, project, volumes, container, root))
    yield from (place_for(each.source, f"{top}{each.target}") for each in bound)
    yield from (f"mkdir -p {top}{target}" for target in container.tmpfs)
    if container.is_read_only:
        yield f"mount -o remount,ro {top}"
    yield f"mount -t proc proc {top}/proc"
    yield from devices(top / "dev", container.shared_memory)
    for target, options in container.tmpfs.items():
        yield f"mount -t tmpfs -o {options},nosuid,nodev,noexec tmpfs {top}{target}"
    for each in bound:
        yield f"mount --bind {each.source} {top}{each.target}"
        if each.is_read_only:
            yield f"mount -o remount,bind,ro {top}{each.target}"


def place_for(source: str, target: str) -> str:
    """Where it is mounted: a folder or a file, as the source is."""
    file = f"mkdir -p $(dirname {target}); test -e {target} || touch {target}"
    return f"if test -d {source}; then mkdir -p {target}; else {file}; fi"


def devices(folder: Path, shared_memory: str) -> Iterator[str]:
    """Those that every container has."""
    yield f"mount -t tmpfs -o mode=755 tmpfs {folder}"
    for name in DEVICES:
        yield f"touch {folder}/{name} && mount --bind /dev/{name} {folder}/{name}"
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        yield f"ln -s /proc/self/fd/{number} {folder}/{name}"
    yield f"ln -s /proc/self/fd {folder}/fd && mkdir {folder}/shm"
    yield f"mount -t tmpfs -o size={shared_memory} tmpfs {folder}/shm"
    yield f"mount -o remount,ro {folder}"
