"""The operator's commands for API keys: create, list, revoke."""

import argparse
from typing import Any, TypedDict

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
from server.rules.policy import SCOPES
from server.schemas.api_keys import CreateKey
from server.store.people import api_keys
from server.store.people.audit import OPERATOR
from server.web.identity.identify import make_key, prefix_of

KEYS_PER_PAGE = 100


class KeyDocument(TypedDict):
    """The fields of a key's JSON that are printed."""

    id: int
    prefix: str
    name: str
    scopes: list[str]
    all_accounts: bool
    account_ids: list[int]
    user_name: str
    expires_at: str | None
    last_used_at: str | None


def add_key_commands(commands: Any) -> None:
    """Declare `keys`."""
    keys = family(commands, "keys", "create, list and revoke API keys")
    listing = declare(keys, "list", list_keys, "list the keys that are not revoked, newest first")
    listing.add_argument("email", nargs="?", help="only this user's keys; default: all")
    creating = declare(keys, "create", create_key, "create a key and print it, once")
    creating.add_argument("email", help="the owner: the key has no more permissions than they have")
    creating.add_argument("name", help="what the key is for")
    creating.add_argument(
        "--scope", action="append", choices=SCOPES, required=True, help="what it may do; may be repeated"
    )
    creating.add_argument(
        "--number", action="append", type=row_id, help="only the account with this id; may be repeated"
    )
    creating.add_argument("--until", help="expiry in RFC 3339; default: never")
    declare(keys, "revoke", revoke_key, "revoke a key").add_argument("id", type=row_id)


async def create_key(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Create a key for a user; its secret is printed only now."""
    given = load(
        CreateKey(),
        name=options.name,
        scopes=options.scope,
        account_ids=options.number,
        expires_at=options.until,
    )
    user = await find_user(context, options.email)
    if not user.is_active:
        raise ConfabError("conflict", "This user is disabled: enable them with `run.py user enable` first.")
    key = make_key()
    shown = await context.database.write(
        keys.create_key, OPERATOR, user.id, key, prefix_of(key), keys.NewKey(**given)
    )
    result = document(key=shown)
    sentence = (
        f"Created the key {result['key']['id']} ({given['name']}) of {user.email}. It is shown only once:"
    )
    return CommandResult(result | {"secret": key}, f"{sentence}\n\n    {key}\n")


async def list_keys(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """List keys with their name, scopes and last use."""
    user_id = (await find_user(context, options.email)).id if options.email else None
    found: list[KeyDocument] = []
    before: int | None = None
    while True:
        page = await context.database.read(api_keys.list_keys, user_id, KEYS_PER_PAGE, before)
        found += [orjson.loads(item) for item in page.items]
        if page.next_key is None:
            return CommandResult(
                {"items": found}, "\n".join(_line(key) for key in found) or "There are no keys."
            )
        before = page.next_key[1]


def _line(key: KeyDocument) -> str:
    ids = ", ".join(map(str, key["account_ids"]))
    accounts = "all accounts" if key["all_accounts"] else f"accounts {ids}"
    used = f"used {key['last_used_at']}" if key["last_used_at"] else "never used"
    until = f"  until {key['expires_at']}" if key["expires_at"] else ""
    scopes = ",".join(key["scopes"])
    return f"{key['id']:>6}  {key['prefix']}…  {key['user_name']}  {key['name']}  {scopes}  {accounts}  {used}{until}"


async def revoke_key(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Revoke a key and close its sockets."""
    try:
        name = await context.database.write(keys.revoke_key, OPERATOR, options.id, None)
    except NotFound as error:
        raise NotFound(
            f"There is no key {options.id}, or it is revoked already: `run.py keys list` shows all keys."
        ) from error
    await announce_access_change(context.redis)
    return CommandResult(
        {"id": options.id, "name": name, "revoked": True}, f"Revoked the key {options.id} ({name})."
    )
