"""Locates the pip packages of the embedded servers without importing them."""

import importlib.util
from pathlib import Path

from server.embedded.folders import ServiceError


def package_folder(name: str, *, variable: str) -> Path:
    """The folder of an installed package. Importing it would have side effects (folders, warnings, users).

    Raises ServiceError that names the variable to set instead.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(
            f"{variable} is not set, and the package {name.replace('_', '-')} for an embedded server is not "
            f"installed: set {variable}, or run `pip install --require-hashes -r requirements/embedded.txt`."
        )
    return Path(spec.submodule_search_locations[0])
