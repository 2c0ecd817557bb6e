"""Puts aside, word for word, what could not be stored, unless it speaks of somebody or something that was erased."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiopg import Cursor

from server.queue import AMEND_MESSAGE, Events
from server.store.accounts import accounts
from server.store.dead_letters import insert_dead_letter
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.events import account_of
from workers.storing.erasure_filter import names_erased

PROVIDER = "whatsapp"


async def dead_letter_event(
    cursor: Cursor,
    seal: NameHasher,
    source: str,
    reason: str,
    raw: Mapping[str, Any],
    number: str | None = None,
) -> None:
    """Keep a raw event, or, with the number that it was read from, a message of UniPile's store.

    The number is held, so that an erase of somebody there begins before this and is seen, or after it and finds it.
    """
    told = raw if number is None else {**raw, "account_id": number}
    name = account_of(told) or ""
    # No account can have another name, and Postgres cannot be asked for one with a NUL.
    if len(name) <= accounts.MAX_EXTERNAL_ID and "\0" not in name:
        held = (await accounts.lock_accounts(cursor, PROVIDER, [name])).get(name)
        if await names_erased(cursor, seal, PROVIDER, held, told):
            return
    await insert_dead_letter(cursor, source, "dead", reason, number, orjson.dumps(raw).decode())


async def dead_letter_job(
    cursor: Cursor, seal: NameHasher, job: str, reason: str, args: Sequence[Any]
) -> None:
    """Keep what a job was asked to do. Of events each by itself, so that it goes when its people do, and no other."""
    if args and isinstance(args[0], Events):
        for event in args[0]:
            await dead_letter_event(cursor, seal, event["source"], reason, event["body"])
    elif job == AMEND_MESSAGE:
        await _dead_letter_amendment(cursor, seal, reason, *args)
    else:
        await insert_dead_letter(
            cursor, f"job:{job}", "dead", reason, None, orjson.dumps(args, default=str).decode()
        )


async def _dead_letter_amendment(
    cursor: Cursor, seal: NameHasher, reason: str, account_id: int, provider_msg_id: str
) -> None:
    """The one job besides that names something of UniPile's; a number that is gone has none of it any more."""
    account = await accounts.lock_account(cursor, account_id)
    if account is not None:
        told = {"account_id": account.external_account_id, "message_id": provider_msg_id}
        number = account.external_account_id
        await dead_letter_event(cursor, seal, f"job:{AMEND_MESSAGE}", reason, told, number)
