"""Finds the pip packages that carry the embedded servers' binaries, without importing them."""

import importlib.util
from pathlib import Path

from server.embedded.folders import ServiceError


def package_folder(name: str) -> Path:
    """Return where a package is installed; its import does more than we want (folders, warnings, users)."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(
            f"The package {name.replace('_', '-')} is not installed: run "
            "`pip install --require-hashes -r requirements/embedded.txt`, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])
