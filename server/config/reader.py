"""Fills a tree of dataclasses from config.toml and the environment; rejects unknown keys and invalid values."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

PREFIX = "CONFAB_"
_BOOLS = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}


class ConfigError(Exception):
    """A setting is invalid; the message is one sentence that names the key."""


def key(
    *,
    env: str = "",
    secret: bool = False,
    choices: tuple[str, ...] = (),
    may_be_zero: bool = False,
    default: Any = MISSING,
) -> Any:
    """Declare a key: its short environment name, whether it is a secret (not allowed in files, not shown in reprs), its
    choices, and whether 0 is allowed, which other numeric keys reject.
    """
    metadata = {"env": env, "secret": secret, "choices": choices, "may_be_zero": may_be_zero}
    return field(default=default, repr=not secret, metadata=metadata)


def tables(kind: type[Any]) -> Any:
    """Declare subtables `[section.<name>]`: a mapping of names to dataclasses of this kind."""
    return field(metadata={"tables": kind})


def derived(default: Any) -> Any:
    """Declare a value that is computed from other keys and cannot be set."""
    return field(default=default, metadata={"derived": True})


def secret_names(cls: type[Any], section: str = "") -> frozenset[str]:
    """The environment's names of all secrets of the dataclass and its sections."""
    types = get_type_hints(cls)
    names: set[str] = set()
    for item in fields(cls):
        if is_dataclass(kind := types[item.name]) and isinstance(kind, type):
            names |= secret_names(kind, item.name)
        elif item.metadata.get("secret"):
            names.update(_environment_names(section, item))
    return frozenset(names)


def read_toml(path: Path) -> dict[str, Any]:
    """Parse the file, or raise ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} cannot be read: {error}.") from error


class Reader:
    """Looks up each field of the dataclasses in the environment and the file, and rejects what is left over."""

    def __init__(self, toml: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._toml = toml
        self._environ = environ
        self._known: set[str] = set()

    def read(self, cls: type[Any], section: str = "") -> Any:
        """Build `cls` from the keys of one section, and nested sections recursively."""
        given = self._section(section)
        usable = [item for item in fields(cls) if not item.metadata.get("derived")]
        has_tables = any("tables" in item.metadata for item in usable)
        own = {name: value for name, value in given.items() if not (has_tables and isinstance(value, dict))}
        _check_keys(section, own, usable)
        types = get_type_hints(cls)
        found = {}
        for item in usable:
            if table := item.metadata.get("tables"):
                names = given.keys() - own.keys()
                found[item.name] = {name: self.read(table, f"{section}.{name}") for name in sorted(names)}
            elif is_dataclass(kind := types[item.name]) and isinstance(kind, type):
                found[item.name] = self.read(kind, item.name)
            elif (value := self._find(item, kind, section, given)) is not MISSING:
                found[item.name] = value
        return cls(**found)

    def _section(self, section: str) -> Mapping[str, Any]:
        """The keys of `[section]` or `[section.table]`; of the whole file if the name is empty."""
        given: Any = self._toml
        for part in section.split(".") if section else ():
            given = given.get(part, {})
            if not isinstance(given, Mapping):
                raise ConfigError(f"config.toml: {section} must be a section: write [{section}].")
        return dict(given)

    @property
    def known(self) -> frozenset[str]:
        """All environment variables that set a field."""
        return frozenset(self._known)

    def reject_unknown(self) -> None:
        """Raise ConfigError for a CONFAB_ variable that sets no field."""
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and name not in self._known:
                raise ConfigError(
                    f"{name} is not a known setting: remove it, or see config.toml for the names."
                )

    def _find(self, item: Field[Any], kind: Any, section: str, given: Mapping[str, Any]) -> Any:
        names = _environment_names(section, item)
        self._known.update(names)
        for name in names:
            if name in self._environ:
                return _converted(name, item, kind, self._environ[name])
        name = _key_name(section, item.name)
        if item.name in given:
            return _converted(name, item, kind, given[item.name], quoted=False)
        if item.default is MISSING:
            raise ConfigError(f"{name} is missing: add it.")
        return MISSING


def _environment_names(section: str, item: Field[Any]) -> list[str]:
    """The long name of the field, and its short one, if it has one."""
    long_name = PREFIX + "_".join(part for part in (*section.split("."), item.name) if part).upper()
    return [name for name in (long_name, item.metadata.get("env")) if name]


def _key_name(section: str, name: str) -> str:
    return f"config.toml: [{section}] {name}" if section else f"config.toml: {name}"


def _check_keys(section: str, given: Mapping[str, Any], usable: Iterable[Field[Any]]) -> None:
    secret = {item.name: bool(item.metadata.get("secret")) for item in usable}
    for name in given:
        if name not in secret:
            raise ConfigError(f"{_key_name(section, name)} is not a known key: remove it.")
        if secret[name]:
            raise ConfigError(f"{_key_name(section, name)} is a secret: set it in the environment instead.")


def _converted(name: str, item: Field[Any], kind: Any, value: Any, *, quoted: bool = True) -> Any:
    if isinstance(kind, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    described, convert = _KINDS[get_origin(kind) or kind]
    shown = "" if item.metadata.get("secret") else f", not {value!r}"
    try:
        # The environment has only text; in the file a quoted "8080" is a mistake.
        if isinstance(value, str) and not quoted and kind in (bool, int, float):
            raise TypeError
        result = convert(value)
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{name} must be {described}{shown}.") from None
    if isinstance(result, int | float) and not isinstance(result, bool):
        _check_size(name, item, described, result, shown)
    choices = item.metadata.get("choices")
    if choices and result not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(choices)}{shown}.")
    return result


def _check_size(name: str, item: Field[Any], described: str, value: float, shown: str) -> None:
    if item.metadata.get("may_be_zero") and value == 0:
        return
    if not 0 < value < float("inf"):
        least = "zero or above" if item.metadata.get("may_be_zero") else "above zero"
        raise ConfigError(f"{name} must be {described} {least}{shown}.")


def _bool(value: Any) -> bool:
    return value if isinstance(value, bool) else _BOOLS[_str(value).lower()]


def _int(value: Any) -> int:
    # bool is a subclass of int, and int() would truncate a float.
    if isinstance(value, bool | float):
        raise TypeError
    return int(value)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(text for part in parts if (text := _str(part).strip()))


_KINDS: Mapping[Any, tuple[str, Any]] = {
    bool: ("true or false", _bool),
    int: ("a whole number", _int),
    float: ("a number", _float),
    str: ("a text", _str),
    Path: ("a path", lambda value: Path(_str(value))),
    tuple: ("a list of texts", _texts),
}
