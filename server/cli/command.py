"""Declares and runs the operator's commands; prints their results as text or as one JSON document."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn
from uuid import uuid4

import orjson
import psycopg2
from marshmallow import Schema, ValidationError
from redis.asyncio import Redis

from server.config import Config, ConfigError
from server.connections import open_database
from server.embedded import ServiceError
from server.errors import ConfabError, NotFound
from server.process.migrate import MigrationError
from server.redis.client import connect
from server.schemas.fields import MAX_ID
from server.store.db.connect_errors import explain_connect_error, missing_right
from server.store.db.database import Database
from server.store.people import audit, team, users
from server.store.people.team import TeamUser
from server.system.postgres_checks import COMMAND_CONNECTIONS

MISUSED, FAILED, INTERRUPTED = 2, 1, 130
# The audit log's user agent.
SOURCE = "command line"


class UsageError(Exception):
    """The command line is invalid; `usage` is the usage line."""

    def __init__(self, usage: str, message: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of printing and exiting."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.format_usage(), message)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command works with. The Redis client connects on first use."""

    config: Config
    database: Database
    redis: Redis


class CommandResult(NamedTuple):
    """The result of a command: a JSON document for --json, else text."""

    document: Mapping[str, Any]
    text: str


Run = Callable[[CommandContext, argparse.Namespace], Awaitable[CommandResult]]


def declare(commands: Any, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    """Add a command with `--help` and `--json`."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}."
    )
    add_json(command)
    command.set_defaults(run=run)
    return command


def add_json(command: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    command.add_argument("--json", action="store_true", help="print one JSON document, also for errors")


def family(commands: Any, name: str, about: str) -> Any:
    """Add a command with subcommands, such as `run.py user add`."""
    return commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}."
    ).add_subparsers(dest="action", required=True, metavar="action")


def run_command(config: Config, options: argparse.Namespace) -> int:
    """Run a declared command and print its result; returns the exit code."""
    audit.note_user_agent(SOURCE)
    result = asyncio.run(perform(config, options))
    print(json.dumps(result.document, indent=2) if options.json else result.text)
    return 0


async def perform(config: Config, options: argparse.Namespace) -> CommandResult:
    """Run a command with its own connections."""
    database, redis = await open_database(config, size=COMMAND_CONNECTIONS), connect(config.redis)
    try:
        result: CommandResult = await options.run(CommandContext(config, database, redis), options)
        return result
    finally:
        await redis.aclose()
        await database.close()


def in_plain_words(command: Callable[[], int], *, as_json: bool = False) -> int:
    """Run the command; print errors that an operator can fix as one sentence, without a traceback."""
    try:
        return command()
    except ConfabError as error:
        failure = error
    except ConfigError as error:
        failure = ConfabError("invalid", str(error))
    except ServiceError as error:
        failure = ConfabError("unavailable", str(error))
    except MigrationError as error:
        failure = ConfabError("internal", str(error))
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        failure = ConfabError("unavailable", explain_connect_error(error))
    except psycopg2.errors.InsufficientPrivilege as error:
        failure = ConfabError("unavailable", missing_right(error))
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn):
        failure = ConfabError("unavailable", "The database lacks migrations: run `python run.py migrate`.")
    except KeyboardInterrupt:
        return INTERRUPTED
    return print_failure(failure, as_json=as_json)


def print_failure(error: ConfabError, *, as_json: bool) -> int:
    """Print the error as one sentence, or in the API's error format; returns the exit code."""
    if as_json:
        print(json.dumps(error.body(uuid4().hex)), file=sys.stderr)
    else:
        print(f"confab: {_error_text(error)}", file=sys.stderr)
    return FAILED


def print_misuse(error: UsageError, *, as_json: bool) -> int:
    """The same for an invalid command line."""
    if as_json:
        print_failure(ConfabError("malformed", f"{error}."), as_json=True)
    else:
        print(f"{error.usage}confab: {error}", file=sys.stderr)
    return MISUSED


def _error_text(error: ConfabError) -> str:
    problems = [f"{name}: {' '.join(_field_messages(problem))}" for name, problem in error.fields.items()]
    return "; ".join(problems) or error.message


def _field_messages(problem: object) -> list[str]:
    if isinstance(problem, Mapping):
        return [message for part in problem.values() for message in _field_messages(part)]
    return [str(part) for part in problem] if isinstance(problem, list) else [str(problem)]


def row_id(value: str) -> int:
    """Parse an id of the command line."""
    if not value.isascii() or not value.isdecimal() or not 0 < int(value) <= MAX_ID:
        raise argparse.ArgumentTypeError(f"{value!r} is not an id")
    return int(value)


def confirm(question: str) -> None:
    """Ask on the terminal; raises ConfabError("invalid") where there is none, and ConfabError("conflict") on a no."""
    if not sys.stdin.isatty():
        raise ConfabError("invalid", "This cannot be undone: confirm with --yes.")
    if input(f"{question} [y/N] ").strip().lower() != "y":
        raise ConfabError("conflict", "Nothing was done.")


def load(schema: Schema, **given: object) -> Mapping[str, Any]:
    """Validate arguments with the API's schema; raises ConfabError("invalid")."""
    try:
        loaded: Mapping[str, Any] = schema.load(given)
    except ValidationError as error:
        raise ConfabError("invalid", fields=error.messages_dict) from error
    return loaded


def document(**parts: str) -> dict[str, Any]:
    """A JSON document made of JSON texts from the store."""
    return {name: orjson.loads(text) for name, text in parts.items()}


async def find_user(context: CommandContext, email: str) -> TeamUser:
    """The user with this e-mail address, disabled or not; raises NotFound."""
    found = await context.database.read(users.fetch_user_by_email, email)
    user = None if found is None else await context.database.read(team.fetch_user, found.id)
    if user is None:
        raise NotFound(f"No user has the e-mail address {email}: `run.py user list` shows all users.")
    return user


async def user_json(context: CommandContext, user_id: int) -> str:
    """The user as the API's JSON; raises NotFound."""
    shown = await context.database.read(team.fetch_user_json, user_id)
    if shown is None:
        raise NotFound
    return shown
