"""The operator's commands for programs' keys: make one, list them, let one in no more."""

import argparse
from typing import Any

import orjson

from server.cli.command import (
    CommandContext,
    CommandResult,
    declare,
    document,
    family,
    find_user,
    load,
    row_id,
)
from server.errors import ConfabError, NotFound
from server.people import keys
from server.realtime.broker import announce_access_change
from server.schemas.api_keys import SCOPES, CreateKey
from server.store.people import api_keys
from server.store.people.audit import OPERATOR
from server.web.identify import make_key, prefix_of

KEYS_AT_A_TIME = 100


def add_key_commands(commands: Any) -> None:
    """Declare `keys`."""
    keys = family(commands, "keys", "make, list and revoke the keys of programs")
    listing = declare(keys, "list", list_keys, "list the keys that are not revoked, the newest first")
    listing.add_argument("email", nargs="?", help="only this person's; default: everybody's")
    making = declare(keys, "create", create_key, "make a key and print it this once")
    making.add_argument("email", help="whose key it is: it can do no more than they can")
    making.add_argument("name", help="what it is for")
    making.add_argument(
        "--scope", action="append", choices=SCOPES, required=True, help="what it may do; repeat it for more"
    )
    making.add_argument(
        "--number", action="append", type=row_id, help="only with the number of this id; repeat it for more"
    )
    making.add_argument("--until", help="RFC 3339; default: without end")
    declare(keys, "revoke", revoke_key, "let a key in no more").add_argument("id", type=row_id)


async def create_key(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Make a key of a person's; its text is told this once."""
    given = load(
        CreateKey(),
        name=options.name,
        scopes=options.scope,
        account_ids=options.number,
        expires_at=options.until,
    )
    person = await find_user(context, options.email)
    if not person.is_active:
        raise ConfabError("conflict", "This person is disabled.")
    key = make_key()
    shown = await context.database.write(
        keys.create_key, OPERATOR, person.id, key, prefix_of(key), keys.NewKey(**given)
    )
    told = document(key=shown)
    sentence = f"Made the key {told['key']['id']} ({given['name']}) of {person.email}. It is shown this once:"
    return CommandResult(told | {"secret": key}, f"{sentence}\n\n    {key}\n")


async def list_keys(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Keys with what they are for and when they were used last."""
    user_id = (await find_user(context, options.email)).id if options.email else None
    keys: list[dict[str, Any]] = []
    before: int | None = None
    while True:
        page = await context.database.read(api_keys.list_keys, user_id, KEYS_AT_A_TIME, before)
        keys += [orjson.loads(item) for item in page.items]
        if page.next_key is None:
            return CommandResult(
                {"items": keys}, "\n".join(_line(key) for key in keys) or "There are no keys."
            )
        before = page.next_key[1]


def _line(key: dict[str, Any]) -> str:
    numbers = "all numbers" if key["all_accounts"] else f"numbers {', '.join(map(str, key['account_ids']))}"
    used = f"used {key['last_used_at']}" if key["last_used_at"] else "never used"
    until = f"  until {key['expires_at']}" if key["expires_at"] else ""
    scopes = ",".join(key["scopes"])
    return f"{key['id']:>6}  {key['prefix']}…  {key['user_name']}  {key['name']}  {scopes}  {numbers}  {used}{until}"


async def revoke_key(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """The key opens nothing any more, and its sockets end."""
    try:
        name = await context.database.write(keys.revoke_key, OPERATOR, options.id, None)
    except NotFound as error:
        raise NotFound(f"There is no key {options.id}, or it is revoked.") from error
    await announce_access_change(context.redis)
    return CommandResult(
        {"id": options.id, "name": name, "revoked": True}, f"Revoked the key {options.id} ({name})."
    )
