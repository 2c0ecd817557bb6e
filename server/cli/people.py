"""The operator's commands for people: who may sign in."""

import argparse
import sys
from getpass import getpass
from typing import Any

import orjson
from aiopg import Cursor

from server.auth.invitations import new_link, show_link
from server.auth.one_time_links import NewLink
from server.auth.tokens import Passwords
from server.cli.command import (
    CommandContext,
    CommandResult,
    declare,
    document,
    family,
    find_user,
    load,
    user_json,
)
from server.errors import ConfabError
from server.people import links
from server.people.users import NewUser, create_user
from server.realtime.broker import announce_access_change
from server.rules.policy import ROLES
from server.schemas.users import MIN_PASSWORD, InviteUser
from server.store.people import audit, team, users
from server.store.people.audit import OPERATOR
from server.store.people.team import TeamUser

USERS_PER_PAGE = 100


def add_user_commands(commands: Any) -> None:
    """Declare `user`."""
    people = family(commands, "user", "add, list or disable people, or let them choose a new password")
    add = declare(people, "add", add_user, "add a person and print a one-time link to their first password")
    add.add_argument("email")
    add.add_argument("--name", help="default: what stands before the @")
    add.add_argument("--role", choices=ROLES, default="agent")
    add.add_argument(
        "--password-stdin", action="store_true", help="read a password from standard input: no link"
    )
    _one(people, "reset", reset_user, "print a one-time link to a new password")
    _one(people, "password", change_password, "set a password, which is read from standard input")
    _one(people, "disable", disable_user, "sign a person out everywhere, and let them in no more")
    _one(people, "enable", enable_user, "let a disabled person in again")
    declare(people, "list", list_users, "list everybody")


def _one(people: Any, name: str, run: Any, about: str) -> None:
    declare(people, name, run, about).add_argument("email")


async def add_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Make a person, with a link or with a password that is given."""
    given = load(InviteUser(), email=options.email, role=options.role, name=options.name)
    if options.password_stdin:
        password_hash = await _read_password()
        user_id = await context.database.write(_add_with_password, NewUser(**given), password_hash)
        return CommandResult(
            document(user=await user_json(context, user_id)), f"Added {given['email']} ({given['role']})."
        )
    link = new_link(context.config)
    user, expires_at = await context.database.write(
        links.invite, OPERATOR, NewUser(**given), link, context.config.auth
    )
    return await _link_told(
        context, user.id, link, expires_at, f"Added {user.email} ({user.role}). They choose a password here"
    )


async def _add_with_password(cursor: Cursor, new: NewUser, password_hash: str) -> int:
    user = await create_user(cursor, new)
    await users.set_password(cursor, user.id, password_hash)
    details = {"email": user.email, "role": user.role}
    await audit.record(cursor, "user.added", OPERATOR, ("user", user.id), details)
    return user.id


async def reset_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Print a link by which a person chooses a new password; an earlier one is good no longer."""
    person, link = await find_user(context, options.email), new_link(context.config)
    expires_at = await context.database.write(links.renew_link, OPERATOR, person, link, context.config.auth)
    return await _link_told(
        context, person.id, link, expires_at, f"{person.email} chooses a new password here"
    )


async def _link_told(
    context: CommandContext, user_id: int, link: NewLink, expires_at: str, sentence: str
) -> CommandResult:
    told = document(user=await user_json(context, user_id), link=show_link(context.config, link, expires_at))
    mailed = "It goes to them by mail too.\n" if link.is_mailed else ""
    return CommandResult(
        told, f"{sentence}, once, until {expires_at}:\n\n    {told['link']['url']}\n{mailed}"
    )


async def change_password(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Replace a person's password; their sessions end."""
    person = await find_user(context, options.email)
    await context.database.write(_set_password, person, await _read_password())
    await announce_access_change(context.redis)
    return CommandResult(
        document(user=await user_json(context, person.id)), f"Changed the password of {person.email}."
    )


async def _set_password(cursor: Cursor, person: TeamUser, password_hash: str) -> None:
    await users.set_password(cursor, person.id, password_hash)
    await audit.record(cursor, "user.password_changed", OPERATOR, ("user", person.id))


async def _read_password() -> str:
    """The hash of what stands on standard input."""
    password = getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if len(password) < MIN_PASSWORD:
        problem = f"The password is too short: it needs at least {MIN_PASSWORD} characters."
        raise ConfabError("invalid", fields={"password": [problem]})
    passwords = Passwords()
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


async def list_users(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Everybody, by the order in which they came."""
    people: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = await context.database.read(team.list_users, USERS_PER_PAGE, after)
        people += [orjson.loads(item) for item in page.items]
        after = page.next_key[1] if page.next_key else None
    return CommandResult(
        {"items": people}, "\n".join(_line(person) for person in people) or "There is nobody yet."
    )


def _line(person: dict[str, Any]) -> str:
    told = "" if person["status"] == "active" else f"  {person['status']}"
    return f"{person['id']:>6}  {person['email']}  {person['name']}  {person['role']}{told}"


async def disable_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Keep a person's rows, but end their sessions and keys and let them sign in no more."""
    return await _set_active(context, options.email, False, "Disabled")


async def enable_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Let a person sign in again; their keys stay revoked."""
    return await _set_active(context, options.email, True, "Enabled")


async def _set_active(context: CommandContext, email: str, is_active: bool, done: str) -> CommandResult:
    person = await find_user(context, email)
    await context.database.write(team.change_user, person, {"is_active": is_active}, OPERATOR)
    await announce_access_change(context.redis)
    return CommandResult(document(user=await user_json(context, person.id)), f"{done} {person.email}.")
