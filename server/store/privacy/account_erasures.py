"""Erases a whole account: hidden by the first transaction, its rows deleted in steps of bounded size."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.rules.account_states import NEXT_STATES, Seen
from server.store.contacts import contact_imports
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.messages.tombstones import delete_messages
from server.store.privacy import exports
from server.store.privacy.erasure_digests import NameHasher, note_key

ROWS_AT_ONCE = 500

ACCOUNT_ERASURE_JSON = """
    row_to_json((select x from (select
        e.id, e.account_id, e.state, e.unlinked_at is not null as unlinked, e.messages,
        rfc3339(e.created_at) as created_at, rfc3339(e.updated_at) as updated_at) x))::text"""


# Deletes its name at once and frees its slot in the plan; the provider id stays until the account is unlinked there.
HIDE_ACCOUNT = """
    update channels_account
    set erasing_since = now(), name = null, phone = null, status = %(status)s, next_step = %(next_step)s,
        status_reason = null, observations = observations + 1, updated_at = now()
    where id = %(account_id)s and erasing_since is null
    returning provider, external_account_id"""
# The same phone number may have been rejected before it was connected.
DELETE_REJECTED = """
    delete from channels_refusal r using channels_account a
    where a.id = %s and r.provider = a.provider and r.phone = a.phone"""
INSERT_ERASURE = f"""
    insert into channels_account_erasure as e (account_id, provider, digest, user_id)
    values (%(account_id)s, %(provider)s, %(digest)s, %(user_id)s) returning {ACCOUNT_ERASURE_JSON}"""


async def begin_account_erasure(
    cursor: Cursor, hasher: NameHasher, account_id: int, user_id: int | None
) -> str | None:
    """Hide an account from all members and record its erasure; returns the erasure as JSON, or None if there is no such
    account or it is being erased already.

    From this transaction on, none of its events are stored, and it is not linked again.
    """
    target = NEXT_STATES[Seen.UNLINKED]
    values = {"account_id": account_id, "status": target.status, "next_step": str(target.next_step)}
    await cursor.execute(DELETE_REJECTED, (account_id,))
    await cursor.execute(HIDE_ACCOUNT, values)
    row = await cursor.fetchone()
    if row is None:
        return None
    provider, external_account_id = row
    digest = hasher.of_account(provider, external_account_id)
    await note_key(cursor, hasher)
    await cursor.execute(
        INSERT_ERASURE,
        {"account_id": account_id, "provider": provider, "digest": digest, "user_id": user_id},
    )
    (shown,) = await cursor.fetchone()
    await exports.delete_with_account(cursor, account_id)
    await contact_imports.delete_with_account(cursor, account_id)
    for table in ("channels_account_member", "api_key_account"):
        await cursor.execute(f"delete from {table} where account_id = %s", (account_id,))
    return str(shown)


async def list_account_erasures(
    cursor: Cursor, provider: str, user_id: int | None, limit: int, before: int | None
) -> Page:
    """The erasures that one user requested, or (None) all, newest first."""
    await cursor.execute(
        f"""select {ACCOUNT_ERASURE_JSON}, '', e.id from channels_account_erasure e
            where e.provider = %(provider)s and (%(user_id)s::bigint is null or e.user_id = %(user_id)s)
                and (%(before)s::bigint is null or e.id < %(before)s)
            order by e.id desc limit %(limit)s + 1""",
        {"provider": provider, "user_id": user_id, "before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


class AccountErasure(NamedTuple):
    """An erasure that only this worker continues now."""

    id: int
    account_id: int
    external_account_id: str
    is_unlinked: bool


LEASE_ACCOUNT_ERASURE = Prepared(
    "lease_account_erasure",
    """
    with due as (select id from channels_account_erasure where state = 'running' and claimed_until < now()
                 order by id limit 1 for update skip locked)
    update channels_account_erasure e set claimed_until = now() + make_interval(secs => %(seconds)s)
    from due, channels_account a where e.id = due.id and a.id = e.account_id
    returning e.id, e.account_id, a.external_account_id, e.unlinked_at is not null""",
)


async def lease_account_erasure(cursor: Cursor, seconds: float) -> AccountErasure | None:
    """Lease the oldest erasure that no worker has; None if there is none."""
    await LEASE_ACCOUNT_ERASURE.execute(cursor, {"seconds": seconds})
    row = await cursor.fetchone()
    return row and AccountErasure(*row)


async def note_unlinked(cursor: Cursor, erasure_id: int) -> None:
    """Record that the account is unlinked at the provider."""
    await cursor.execute(
        "update channels_account_erasure set unlinked_at = now(), updated_at = now() where id = %s",
        (erasure_id,),
    )


class ErasureStep(NamedTuple):
    """What a transaction deleted; nothing is left if it deleted no row."""

    rows: int
    messages: int


async def erase_step(cursor: Cursor, erasure: AccountErasure, seconds: float) -> ErasureStep:
    """Delete the next rows of the account; if none are left and it is unlinked, the account itself. Extends the lease.

    Locks the account's row for update, so that no other transaction adds rows: what is not found does not exist.
    """
    await cursor.execute("select from channels_account where id = %s for update", (erasure.account_id,))
    for remove in STAGES:
        if count := await remove(cursor, erasure):
            step = ErasureStep(count, count if remove is _remove_messages else 0)
            break
    else:
        step = ErasureStep(0, 0)
        await _finish(cursor, erasure)
    await cursor.execute(
        """update channels_account_erasure set messages = messages + %s, updated_at = now(),
               claimed_until = now() + make_interval(secs => %s) where id = %s""",
        (step.messages, seconds, erasure.id),
    )
    return step


async def _finish(cursor: Cursor, erasure: AccountErasure) -> None:
    await cursor.execute(
        """with done as (update channels_account_erasure set state = 'done'
                         where id = %s and unlinked_at is not null returning account_id)
           delete from channels_account a using done where a.id = done.account_id""",
        (erasure.id,),
    )


async def _remove_messages(cursor: Cursor, erasure: AccountErasure) -> int:
    await cursor.execute(
        "select id from channels_message where account_id = %s order by seq limit %s",
        (erasure.account_id, ROWS_AT_ONCE),
    )
    ids = [row[0] for row in await cursor.fetchall()]
    await delete_messages(cursor, erasure.account_id, ids)
    return len(ids)


REMOVE_CONTACTS = """
    with old as (select id from channels_contact where account_id = %s limit %s), removed as (
        delete from channels_contact k using old where k.id = old.id returning k.avatar), released as (
        update channels_media_blob b set released_at = now() from removed where b.sha256 = removed.avatar)
    select count(*) from removed"""


async def _remove_contacts(cursor: Cursor, erasure: AccountErasure) -> int:
    await cursor.execute(REMOVE_CONTACTS, (erasure.account_id, ROWS_AT_ONCE))
    return int((await cursor.fetchone())[0])


# Without tables whose rows are deleted with the rows above, or with the account's row: first messages, which its usage
# counts, its pace, and its state of the search index.
PLAIN = (
    "note",
    "planned_message",
    "chat",
    "receipt",
    "amendment",
    "import",
    "gone",
    "erased",
    "erasure",
    "new_chat",
)


async def _remove_plain(cursor: Cursor, erasure: AccountErasure) -> int:
    """Delete rows of the first of these tables that has any."""
    for name in PLAIN:
        await cursor.execute(
            f"""delete from channels_{name} where ctid = any(array(
                    select ctid from channels_{name} where account_id = %s limit %s))""",
            (erasure.account_id, ROWS_AT_ONCE),
        )
        if cursor.rowcount:
            return int(cursor.rowcount)
    return 0


BLANK_STARTS = """
    update channels_chat_start set address = '', body = '' where ctid = any(array(
        select ctid from channels_chat_start where account_id = %s and (address <> '' or body <> '') limit %s))"""


async def _blank_starts(cursor: Cursor, erasure: AccountErasure) -> int:
    await cursor.execute(BLANK_STARTS, (erasure.account_id, ROWS_AT_ONCE))
    return int(cursor.rowcount)


# Found by the column, or by the id as a whole JSON string. The digest stays, so that no letter is stored again.
BLANK_DEAD_LETTERS = """
    update dead_letters set state = 'erased', reason = '', body = '{}', external_account_id = null, updated_at = now()
    where id = any(array(
        select id from dead_letters where state <> 'erased'
            and (external_account_id = %(name)s or strpos(body, %(quoted)s) > 0) limit %(limit)s))"""


async def _blank_dead_letters(cursor: Cursor, erasure: AccountErasure) -> int:
    name = erasure.external_account_id
    values = {"name": name, "quoted": orjson.dumps(name).decode(), "limit": ROWS_AT_ONCE}
    await cursor.execute(BLANK_DEAD_LETTERS, values)
    return int(cursor.rowcount)


async def _delete_hosted_link(cursor: Cursor, erasure: AccountErasure) -> int:
    """The token of the hosted page that connected the account."""
    await cursor.execute(
        "delete from channels_hosted_link where external_account_id = %s", (erasure.external_account_id,)
    )
    return int(cursor.rowcount)


STAGES: tuple[Callable[[Cursor, AccountErasure], Awaitable[int]], ...] = (
    _remove_messages,
    _remove_contacts,
    _remove_plain,
    _blank_starts,
    _blank_dead_letters,
    _delete_hosted_link,
)


async def was_erased(cursor: Cursor, hasher: NameHasher, provider: str, external_account_id: str) -> bool:
    """Whether this account was or is being erased. Locks its row, if it still has one, against deletion."""
    await cursor.execute(
        "select from channels_account where provider = %s and external_account_id = %s for key share",
        (provider, external_account_id),
    )
    await cursor.execute(
        "select exists (select from channels_account_erasure where digest = any(%s::bytea[]))",
        (hasher.all_of_account(provider, external_account_id),),
    )
    return bool((await cursor.fetchone())[0])
