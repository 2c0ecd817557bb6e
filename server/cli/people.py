"""The operator's commands for users: add, list, disable, and reset passwords."""

import argparse
import sys
from getpass import getpass
from typing import Any, TypedDict

import orjson
from aiopg import Cursor

from server.auth.invitations import new_link, show_link
from server.auth.one_time_links import NewLink
from server.auth.passwords import Passwords
from server.cli.command import (
    CommandContext,
    CommandResult,
    Run,
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


class UserDocument(TypedDict):
    """The fields of a user's JSON that are printed."""

    id: int
    email: str
    name: str
    role: str
    status: str


def add_user_commands(commands: Any) -> None:
    """Declare `user`."""
    commands = family(commands, "user", "add, list or disable users, and reset their passwords")
    add = declare(commands, "add", add_user, "add a user and print a one-time link to set their password")
    add.add_argument("email")
    add.add_argument("--name", help="default: the part of the e-mail address before the @")
    add.add_argument("--role", choices=ROLES, default="agent")
    add.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, without a link"
    )
    _user_command(commands, "reset", reset_user, "print a one-time link to set a new password")
    _user_command(commands, "password", change_password, "set a password read from standard input")
    _user_command(commands, "disable", disable_user, "sign a user out everywhere and deny further sign-ins")
    _user_command(commands, "enable", enable_user, "let a disabled user sign in again")
    declare(commands, "list", list_users, "list all users")


def _user_command(commands: Any, name: str, run: Run, about: str) -> None:
    declare(commands, name, run, about).add_argument("email")


async def add_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Add a user, with a one-time link or with a given password."""
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
    return await _link_result(
        context, user.id, link, expires_at, f"Added {user.email} ({user.role}). They set their password here"
    )


async def _add_with_password(cursor: Cursor, new: NewUser, password_hash: str) -> int:
    user = await create_user(cursor, new)
    await users.set_password(cursor, user.id, password_hash)
    details = {"email": user.email, "role": user.role}
    await audit.record(cursor, "user.added", OPERATOR, ("user", user.id), details)
    return user.id


async def reset_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Print a one-time link to set a new password; any previous link is invalidated."""
    user, link = await find_user(context, options.email), new_link(context.config)
    expires_at = await context.database.write(links.renew_link, OPERATOR, user, link, context.config.auth)
    return await _link_result(context, user.id, link, expires_at, f"{user.email} can set a new password here")


async def _link_result(
    context: CommandContext, user_id: int, link: NewLink, expires_at: str, sentence: str
) -> CommandResult:
    shown = document(user=await user_json(context, user_id), link=show_link(context.config, link, expires_at))
    mailed = "It is also sent to them by mail.\n" if link.is_mailed else ""
    return CommandResult(
        shown, f"{sentence}, once, until {expires_at}:\n\n    {shown['link']['url']}\n{mailed}"
    )


async def change_password(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Replace a user's password; ends their sessions."""
    user = await find_user(context, options.email)
    await context.database.write(_set_password, user, await _read_password())
    await announce_access_change(context.redis)
    return CommandResult(
        document(user=await user_json(context, user.id)), f"Changed the password of {user.email}."
    )


async def _set_password(cursor: Cursor, user: TeamUser, password_hash: str) -> None:
    await users.set_password(cursor, user.id, password_hash)
    await audit.record(cursor, "user.password_changed", OPERATOR, ("user", user.id))


async def _read_password() -> str:
    """Read a password from standard input and return its hash."""
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
    """List all users, oldest first."""
    shown: list[UserDocument] = []
    after: int | None = 0
    while after is not None:
        page = await context.database.read(team.list_users, USERS_PER_PAGE, after)
        shown += [orjson.loads(item) for item in page.items]
        after = page.next_key[1] if page.next_key else None
    return CommandResult({"items": shown}, "\n".join(_line(user) for user in shown) or "There are no users.")


def _line(user: UserDocument) -> str:
    status = "" if user["status"] == "active" else f"  {user['status']}"
    return f"{user['id']:>6}  {user['email']}  {user['name']}  {user['role']}{status}"


async def disable_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Disable a user: end their sessions, revoke their keys, deny sign-ins. Their rows stay."""
    return await _set_active(context, options.email, False, "Disabled")


async def enable_user(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Enable a disabled user; their keys stay revoked."""
    return await _set_active(context, options.email, True, "Enabled")


async def _set_active(context: CommandContext, email: str, is_active: bool, done: str) -> CommandResult:
    user = await find_user(context, email)
    await context.database.write(team.change_user, user, {"is_active": is_active}, OPERATOR)
    await announce_access_change(context.redis)
    return CommandResult(document(user=await user_json(context, user.id)), f"{done} {user.email}.")
