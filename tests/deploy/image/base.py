"""Makes the root file system that the image begins with: a small Debian, with Python in /usr/local."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

from server.config import ROOT

# What the official image has beside Debian's essential packages: what Python's modules are linked with.
PACKAGES = (
    "ca-certificates,netbase,tzdata,libbz2-1.0,libexpat1,libffi8,libgdbm6,liblzma5,libncursesw6,libreadline8,"
    "libsqlite3-0,libssl3,libuuid1,zlib1g"
)
LEFT_OUT = shutil.ignore_patterns("site-packages", "__pycache__", "test", "tests", "idlelib", "*.a")
# Of this machine, while packages are downloaded.
BORROWED = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs", "/dev")


def call(*command: str | Path) -> None:
    subprocess.run(command, check=True)


def make_base(folder: Path) -> Path:
    """The base, made once in this folder."""
    base, done = folder / "base", folder / "base.done"
    if done.exists():
        return base
    version = platform.python_version().rpartition(".")[0]
    if version != (ROOT / ".python-version").read_text().strip():
        raise SystemExit(f"confab: the image has another Python than this environment, which is {version}")
    shutil.rmtree(base, ignore_errors=True)
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    mirror = "http://deb.debian.org/debian"
    call("debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, base, mirror)
    add_python(Path(sys.base_prefix), base / "usr" / "local", version)
    call("chroot", base, "/sbin/ldconfig")
    call("chroot", base, "/usr/local/bin/python", "-m", "ensurepip", "--default-pip")
    done.touch()
    return base


def add_python(source: Path, target: Path, version: str) -> None:
    """This machine's Python without its packages and tests, under the names that the official image has."""
    (target / "bin").mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / "bin" / f"python{version}", target / "bin" / "python3")
    for name in ("python", f"python{version}"):
        (target / "bin" / name).symlink_to("python3")
    for library in (source / "lib").glob("libpython*.so*"):
        shutil.copy2(library, target / "lib", follow_symlinks=False)
    modules = Path("lib") / f"python{version}"
    shutil.copytree(source / modules, target / modules, symlinks=True, ignore=LEFT_OUT)
    (target / modules / "site-packages").mkdir()


def copy_base(base: Path, root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    call("cp", "-a", "--reflink=auto", base, root)


def borrow(root: Path) -> None:
    """What the steps need to reach a registry. The mounts end with their namespace: the image has none of it."""
    for name in BORROWED:
        target = root / name.lstrip("/")
        if Path(name).is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.touch()
        call("mount", "--bind", name, target)
    call("mount", "-t", "proc", "proc", root / "proc")
