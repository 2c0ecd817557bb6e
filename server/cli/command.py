"""How an operator's command is declared, run on the database, and answered: in plain lines or as one JSON document."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn
from uuid import uuid4

import orjson
from marshmallow import Schema, ValidationError
from redis.asyncio import Redis

from server.config import Config
from server.connections import open_database
from server.errors import ConfabError, NotFound
from server.redis.client import connect
from server.schemas.fields import MAX_ID
from server.store.db.database import Database
from server.store.people import audit, team, users
from server.store.people.team import TeamUser

MISUSED, FAILED = 2, 1
COMMAND_CONNECTIONS = 2
# What the audit log says instead of the browser.
SOURCE = "command line"


class UsageError(Exception):
    """The command line cannot be read; `usage` says how it is written."""

    def __init__(self, usage: str, message: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Leaves it to the caller how a misuse is told."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.format_usage(), message)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a command works with. Redis is asked when it is needed, and connects then."""

    config: Config
    database: Database
    redis: Redis


class CommandResult(NamedTuple):
    """What a command has done: a document for programs, lines for people."""

    document: Mapping[str, Any]
    text: str


Run = Callable[[CommandContext, argparse.Namespace], Awaitable[CommandResult]]


def declare(commands: Any, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    """A command with its `--help` and `--json`."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}."
    )
    add_json(command)
    command.set_defaults(run=run)
    return command


def add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON document, errors too")


def family(commands: Any, name: str, about: str) -> Any:
    """A command of commands: `run.py user add`."""
    return commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}."
    ).add_subparsers(dest="action", required=True, metavar="action")


def run_command(config: Config, options: argparse.Namespace) -> int:
    """Run a declared command and print what it tells; returns the exit code."""
    audit.note_user_agent(SOURCE)
    told = asyncio.run(perform(config, options))
    print(json.dumps(told.document, indent=2) if options.json else told.text)
    return 0


async def perform(config: Config, options: argparse.Namespace) -> CommandResult:
    """Run it with connections of its own."""
    database, redis = await open_database(config, size=COMMAND_CONNECTIONS), connect(config.redis)
    try:
        told: CommandResult = await options.run(CommandContext(config, database, redis), options)
        return told
    finally:
        await redis.aclose()
        await database.close()


def print_failure(error: ConfabError, *, as_json: bool) -> int:
    """One sentence, or the one error shape; returns the exit code."""
    if as_json:
        print(json.dumps(error.body(uuid4().hex)), file=sys.stderr)
    else:
        print(f"confab: {_sentence(error)}", file=sys.stderr)
    return FAILED


def print_misuse(error: UsageError, *, as_json: bool) -> int:
    """The same of a command line that cannot be read."""
    if as_json:
        print_failure(ConfabError("malformed", f"{error}."), as_json=True)
    else:
        print(f"{error.usage}confab: {error}", file=sys.stderr)
    return MISUSED


def _sentence(error: ConfabError) -> str:
    problems = [f"{name}: {' '.join(_words(problem))}" for name, problem in error.fields.items()]
    return "; ".join(problems) or error.message


def _words(problem: object) -> list[str]:
    if isinstance(problem, Mapping):
        return [word for part in problem.values() for word in _words(part)]
    return [str(part) for part in problem] if isinstance(problem, list) else [str(problem)]


def row_id(value: str) -> int:
    """An id as it stands on the command line."""
    if not value.isascii() or not value.isdecimal() or not 0 < int(value) <= MAX_ID:
        raise argparse.ArgumentTypeError(f"{value!r} is not an id")
    return int(value)


def load(schema: Schema, **given: object) -> Mapping[str, Any]:
    """What a request with these fields would be taken as; raises ConfabError("invalid")."""
    try:
        loaded: Mapping[str, Any] = schema.load(given)
    except ValidationError as error:
        raise ConfabError("invalid", fields=error.messages_dict) from error
    return loaded


def document(**parts: str) -> dict[str, Any]:
    """A JSON document of what the store gives as JSON."""
    return {name: orjson.loads(text) for name, text in parts.items()}


async def find_user(context: CommandContext, email: str) -> TeamUser:
    user = await context.database.read(users.fetch_user_by_email, email)
    person = None if user is None else await context.database.read(team.fetch_user, user.id)
    if person is None:
        raise NotFound(f"There is nobody with the address {email}.")
    return person


async def user_json(context: CommandContext, user_id: int) -> str:
    shown = await context.database.read(team.fetch_user_json, user_id)
    if shown is None:
        raise NotFound
    return shown
