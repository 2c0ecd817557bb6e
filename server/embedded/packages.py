"""Finds the pip packages that the embedded servers need, without importing them."""

import importlib.util
from pathlib import Path

from server.embedded.folders import ServiceError


def package_folder(name: str, *, variable: str) -> Path:
    """Return where a package is installed; its import does more than we want (folders, warnings, users).

    Raises ServiceError that names the variable which makes the server unnecessary.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(
            f"{variable} is not set, and the package {name.replace('_', '-')}, for doing without, is not "
            f"installed: set {variable}, or run `pip install --require-hashes -r requirements/embedded.txt`."
        )
    return Path(spec.submodule_search_locations[0])
