"""Merges .env, the environment and the files of secrets into one mapping of settings; rejects what cannot be read."""

import codecs
import re
from collections.abc import Collection, Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from server.config.reader import ConfigError
from server.said.said import Said, said

# Kubernetes and Docker links announce a service named `confab` or `confab-web` to every container of its namespace:
# CONFAB_SERVICE_HOST, CONFAB_WEB_PORT_8080_TCP_ADDR, and CONFAB_WEB_PORT, which is also one of our settings.
_SERVICE_NAME = re.compile(r"\w+_SERVICE_(HOST|PORT(_\w+)?)|\w+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?")
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
# conda's compilers set HOST to the target platform, such as x86_64-conda-linux-gnu.
_BUILD_PLATFORM = re.compile(
    r"(x86_64|amd64|i[3-6]86|aarch64|arm\w+|ppc\w*|powerpc\w*|s390x|riscv\w*)(-\w+)?-(linux|darwin|mingw|windows)[\w.-]*"
)
# Editors and shells on Windows begin a file with the byte order mark of its encoding.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REFERENCE = re.compile(r"\$\{(\w+)")
# JWT_SECRET_FILE names the file that has JWT_SECRET, as Docker and Kubernetes mount secrets.
_FILE = "_FILE"


class Environment(NamedTuple):
    """All settings by name; those set only in .env, except the ones that other lines of it refer to, or in files of
    secrets; and a sentence for each variable that is ignored because another program sets it.
    """

    values: dict[str, str]
    only_in_file: frozenset[str]
    ignored: tuple[Said, ...] = ()


def read_environment(
    environ: Mapping[str, str], env_path: Path | None, secrets: Collection[str] = ()
) -> Environment:
    """Merge the two; the environment takes precedence. An empty value counts as unset, since Compose passes unset
    variables on as empty. Each of `secrets` may be in a file instead, which NAME_FILE names.

    Raises ConfigError for a file that cannot be read.
    """
    in_file, referenced = _read_file(env_path) if env_path else ({}, set())
    merged = {**in_file, **environ}
    values = {
        name: text
        for name, value in merged.items()
        if (text := value.strip()) and not _describes_service(name, text)
    }
    from_files = _take_secret_files(values, secrets)
    ignored = _ignore_build_platform(values)
    only_in_file = values.keys() & in_file.keys() - environ.keys() - referenced
    return Environment(values | from_files, frozenset(only_in_file | from_files.keys()), ignored)


def _take_secret_files(values: dict[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """Take each NAME_FILE out of the values; returns what the files contain, by NAME."""
    named = {name: values.pop(f"{name}{_FILE}") for name in sorted(secrets) if f"{name}{_FILE}" in values}
    for name in named:
        if name in values:
            raise ConfigError(f"{name} and {name}{_FILE} are both set: remove one of them.")
    return {name: _read_secret(f"{name}{_FILE}", Path(path)) for name, path in named.items()}


def _read_secret(variable: str, path: Path) -> str:
    """The secret in the file, without the end of its line."""
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"{variable} names {path}, which cannot be read ({reason}): correct it.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{variable} names {path}, which is not UTF-8 text: correct it.") from None
    if not text:
        raise ConfigError(f"{variable} names {path}, which is empty: write the secret into it.")
    return text


def _ignore_build_platform(values: dict[str, str]) -> tuple[Said, ...]:
    if not _BUILD_PLATFORM.fullmatch(values.get("HOST", "")):
        return ()
    platform = values.pop("HOST")
    return (said("setting_host_platform", platform=platform),)


def _describes_service(name: str, value: str) -> bool:
    return bool(_SERVICE_NAME.fullmatch(name)) or (
        name.endswith("PORT") and bool(_SERVICE_ADDRESS.match(value))
    )


def _read_file(path: Path) -> tuple[dict[str, str], set[str]]:
    """The file's settings, and the names referenced in its values."""
    text = _read_text(path)
    if text is None:
        return {}, set()
    bindings = list(parse_stream(StringIO(text)))
    for binding in bindings:
        if binding.error or (binding.key and (binding.value is None or not binding.key.isidentifier())):
            raise ConfigError(f"{path.name} line {binding.original.line} cannot be read: write NAME=value.")
    plain = dotenv_values(stream=StringIO(text), interpolate=False)
    expanded = dotenv_values(stream=StringIO(text))
    literal = {b.key for b in bindings if b.key and _is_single_quoted(b.original.string)}
    values = {name: (plain if name in literal else expanded)[name] or "" for name in plain}
    return values, _references(value for name, value in plain.items() if value and name not in literal)


def _references(values: Iterable[str]) -> set[str]:
    return {name for value in values for name in _REFERENCE.findall(value)}


def _is_single_quoted(line: str) -> bool:
    """In single quotes ${NAME} is literal, as in a shell."""
    return line.partition("=")[2].lstrip().startswith("'")


def _read_text(path: Path) -> str | None:
    """The text of the file; None if it does not exist."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise ConfigError(
                f"{path.name} is a link to a file that does not exist: create the file or remove the link."
            ) from None
        return None
    except IsADirectoryError:
        raise ConfigError(
            f"{path.name} is a directory, which Docker creates if the file to mount does not exist: replace it with "
            "a file."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read ({error.strerror}): check its permissions.") from None
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path.name} line {line} is not UTF-8 text: save the file as UTF-8.") from None
    if "\0" in text:
        raise ConfigError(f"{path.name} is not UTF-8 text: save the file as UTF-8.")
    return text
