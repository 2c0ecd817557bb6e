"""The operator's commands for people: who may sign in."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable

from server.auth import Passwords, hash_token, link_url, make_refresh_token
from server.config import Config
from server.errors import ConfabError
from server.store import audit, pool, team, user_links, users
from server.store.audit import OPERATOR
from server.store.pool import Database

ROLES = ("owner", "admin", "agent", "viewer")
MIN_PASSWORD_CHARACTERS = 10


class PeopleError(Exception):
    """The command cannot be done; the message is one sentence."""


def add_people_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `user`."""
    user = commands.add_parser(
        "user", help="add, list or disable people, or give them a new password"
    ).add_subparsers(dest="action", required=True)
    add = user.add_parser("add", help="add a person and print a new password")
    add.add_argument("email", type=_email)
    add.add_argument("--name", help="default: what stands before the @")
    add.add_argument("--role", choices=ROLES, default="agent")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(people=add_user)
    password = user.add_parser("password", help="give a person a new password, and sign them out everywhere")
    password.add_argument("email")
    password.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    password.set_defaults(people=change_password)
    user.add_parser("list", help="list everybody").set_defaults(people=list_users)
    disable = user.add_parser("disable", help="sign a person out everywhere, and let them in no more")
    disable.add_argument("email")
    disable.set_defaults(people=disable_user)
    enable = user.add_parser("enable", help="let a disabled person in again")
    enable.add_argument("email")
    enable.set_defaults(people=enable_user)
    reset = user.add_parser(
        "reset", help="print a one-time link to a new password, good for [auth] reset_hours"
    )
    reset.add_argument("email")
    reset.set_defaults(people=reset_user)


def run_people_command(config: Config, options: argparse.Namespace) -> int:
    """Run one of the commands against the database; returns the exit code."""
    options.config = config
    asyncio.run(_with_database(config, lambda database: options.people(database, options)))
    return 0


async def add_user(database: Database, options: argparse.Namespace) -> None:
    """Insert a person with a password that is given or made."""
    if await database.read(users.fetch_user_by_email, options.email):
        raise PeopleError(f"{options.email} is there already.")
    password, password_hash = await _choose_password(options)
    name = options.name or options.email.partition("@")[0]
    async with database.transaction() as cursor:
        user = await users.ensure_user(cursor, options.email, name, options.role)
        await users.set_password(cursor, user.id, password_hash)
    print(
        f"Added {user.email} ({user.role}).", *([] if options.password_stdin else [f"Password: {password}"])
    )


async def change_password(database: Database, options: argparse.Namespace) -> None:
    """Replace a person's password with one that is given or made; their sessions end."""
    user_id = await _user_id(database, options.email)
    password, password_hash = await _choose_password(options)
    await database.write(users.set_password, user_id, password_hash)
    print(
        f"Changed the password of {options.email}.",
        *([] if options.password_stdin else [f"Password: {password}"]),
    )


async def _choose_password(options: argparse.Namespace) -> tuple[str, str]:
    """(password, its hash), given on standard input or made."""
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else secrets.token_urlsafe(12)
    if len(password) < MIN_PASSWORD_CHARACTERS:
        raise PeopleError(
            f"The password is too short: it needs at least {MIN_PASSWORD_CHARACTERS} characters."
        )
    passwords = Passwords()
    try:
        return password, await passwords.hash(password)
    finally:
        passwords.close()


async def list_users(database: Database, options: argparse.Namespace) -> None:
    """Print one line for each person."""
    for number, email, name, role, is_active in await database.read(users.list_users):
        print(f"{number:>6}  {email}  {name}  {role}{'' if is_active else '  disabled'}")


async def disable_user(database: Database, options: argparse.Namespace) -> None:
    """Keep a person's rows, but end their sessions and keys and let them sign in no more."""
    await _set_active(database, options.email, False)
    print(f"Disabled {options.email}.")


async def enable_user(database: Database, options: argparse.Namespace) -> None:
    """Let a person sign in again; their keys stay revoked."""
    await _set_active(database, options.email, True)
    print(f"Enabled {options.email}.")


async def _set_active(database: Database, email: str, is_active: bool) -> None:
    person = await database.read(team.fetch_person, await _user_id(database, email))
    if person is not None:
        try:
            await database.write(team.change_person, person, {"is_active": is_active}, OPERATOR)
        except ConfabError as error:
            raise PeopleError(error.message) from error


async def reset_user(database: Database, options: argparse.Namespace) -> None:
    """Print a link by which a person chooses a new password; an earlier one is good no longer."""
    user_id, token = await _user_id(database, options.email), make_refresh_token()
    seconds = options.config.auth.reset_hours * 3600
    async with database.transaction() as cursor:
        await user_links.put_link(cursor, user_id, hash_token(token), "reset", seconds, None)
        await audit.record(cursor, "user.reset_link_made", OPERATOR, ("user", user_id))
    print(link_url(options.config.web.public_url, token))


async def _user_id(database: Database, email: str) -> int:
    user = await database.read(users.fetch_user_by_email, email)
    if user is None:
        raise PeopleError(f"There is nobody with the address {email}.")
    return user.id


async def _with_database(config: Config, command: Callable[[Database], Awaitable[None]]) -> None:
    database = await pool.connect(
        config.database.url or "",
        size=1,
        statement_timeout_ms=config.database.statement_timeout_ms,
        connect_timeout_seconds=config.database.connect_timeout_seconds,
    )
    try:
        await command(database)
    finally:
        await database.close()


def _email(value: str) -> str:
    name, _, host = value.partition("@")
    if not name or not host or any(character.isspace() for character in value):
        raise argparse.ArgumentTypeError(f"{value!r} is not an e-mail address")
    return value
