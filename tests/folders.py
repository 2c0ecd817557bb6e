"""Finds folders with too many or too few modules, and circles between packages."""

from collections import defaultdict
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from server.config import ROOT
from tests.architecture import Module, imported

FOLDERS = ("server", "workers", "sandbox", "bench")
FRONTEND = "frontend/src"
MOST, LEAST = 15, 3
# Flat on purpose: one noun, one component, one tool a module.
FLAT = frozenset(
    (
        "server/handlers",
        "server/schemas",
        "frontend/src/app",
        "frontend/src/components",
        "frontend/src/lib",
        "frontend/src/lib/api",
    )
)


def module_paths() -> list[str]:
    """The modules of the project's folders, relative to its root."""
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def frontend_paths() -> list[str]:
    """The modules of the frontend, without their tests."""
    paths = (ROOT / FRONTEND).rglob("*.ts*")
    return sorted(path.relative_to(ROOT).as_posix() for path in paths if ".test." not in path.name)


def _contents(paths: Iterable[str]) -> dict[str, tuple[set[str], set[str]]]:
    """The loose modules of each folder, and its packages."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for path in map(Path, paths):
        if not path.stem.startswith("__"):
            found[path.parent.as_posix()][0].add(path.stem)
        for package in path.parents[:-2]:
            found[package.parent.as_posix()][1].add(package.name)
    return found


def crowded_folders(paths: Iterable[str]) -> list[str]:
    """Folders with more loose modules than a reader takes in at once."""
    folders = ((folder, len(loose)) for folder, (loose, _) in _contents(paths).items())
    return sorted(
        f"{folder}: {count} loose modules, more than {MOST}" for folder, count in folders if count > MOST
    )


def small_folders(paths: Iterable[str]) -> list[str]:
    """Packages with so few modules and packages that they divide nothing."""
    folders = ((folder, len(loose | packages)) for folder, (loose, packages) in _contents(paths).items())
    return sorted(f"{folder}: {count}, fewer than {LEAST}" for folder, count in folders if count < LEAST)


def circle(modules: Iterable[Module]) -> list[str]:
    """Packages that import each other in a circle, `server.people` or `server.mail` being one; empty if none do."""
    imports: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        package = _package(module.name)
        imports[package] |= {_package(name) for name in imported(module)} - {package}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _package(name: str) -> str:
    return ".".join(name.split(".")[:2])
