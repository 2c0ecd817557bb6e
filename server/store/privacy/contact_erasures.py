"""Erases a contact: their ids are stored until all rows found by them are deleted, step by step."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts import accounts
from server.store.contacts.contact_imports import cancel_with_contact
from server.store.db.prepared import Prepared
from server.store.messages.tombstones import NewTombstone, Tombstone, insert_tombstones
from server.store.privacy.erasure_digests import NameHasher, mark_erased
from server.store.privacy.exports import delete_with_contact
from server.store.reports import chat_days, recounts, stored_facts
from server.store.sending import new_chats, planned
from server.store.surveys import surveys

ERASURE_JSON = """
    row_to_json((select x from (select
        e.id, e.account_id, e.contact_id, e.state, e.messages, rfc3339(e.created_at) as created_at,
        rfc3339(e.updated_at) as updated_at) x))::text"""


class Erasure(NamedTuple):
    """An erasure that only this worker continues now."""

    id: int
    account_id: int
    contact_id: int
    names: list[str]
    chat_ids: list[int]
    walked_seq: int
    erased_at: datetime


# A contact's direct chats: by any of their ids, or by messages they sent there.
FIND_CHATS = """
    select c.id, c.provider_chat_id, c.address from channels_chat c
    where c.account_id = %(account_id)s and c.kind = 'direct' and (c.address = any(%(names)s)
        or c.address is null and exists (select from channels_message m where m.chat_id = c.id
                                         and m.direction = 'in' and m.sender->>'provider_id' = any(%(names)s)))"""
INSERT_ERASURE = """
    insert into channels_erasure (account_id, contact_id, user_id, names, chat_ids)
    values (%(account_id)s, %(contact_id)s, %(user_id)s, %(names)s, %(chat_ids)s)
    returning created_at"""


async def begin_erasure(
    cursor: Cursor, hasher: NameHasher, account_id: int, contact_id: int, user_id: int | None
) -> Tombstone | None:
    """Delete a contact and record what else must be deleted; returns the tombstone, or None if there is no such
    contact. Locks the account.

    From this transaction on, no message sent before it is stored.
    """
    if await accounts.lock_account(cursor, account_id) is None:
        return None
    names = await _list_names(cursor, account_id, contact_id)
    if not names:
        return None
    await cursor.execute(FIND_CHATS, {"account_id": account_id, "names": names})
    chats = await cursor.fetchall()
    values = {
        "account_id": account_id,
        "contact_id": contact_id,
        "user_id": user_id,
        "names": names,
        "chat_ids": [row[0] for row in chats],
    }
    await cursor.execute(INSERT_ERASURE, values)
    (erased_at,) = await cursor.fetchone()
    chat_names = {name for row in chats for name in row[1:] if name}
    await mark_erased(cursor, hasher, account_id, {*names, *chat_names}, erased_at)
    await cursor.execute("update channels_account set has_erased = true where id = %s", (account_id,))
    await planned.delete_of_chats(cursor, [row[0] for row in chats])
    await new_chats.blank_new_chats(cursor, account_id, names, [row[0] for row in chats])
    await surveys.delete_of_chats(cursor, [row[0] for row in chats])
    await recounts.wait_for_reports(cursor, account_id)
    await stored_facts.delete_of_chats(cursor, [row[0] for row in chats])
    await chat_days.delete_of_chats(cursor, [row[0] for row in chats])
    await _delete_contact(cursor, contact_id)
    await delete_with_contact(cursor, account_id, contact_id)
    await cancel_with_contact(cursor, account_id)
    (tombstone,) = await insert_tombstones(
        cursor, account_id, [NewTombstone("contact:erased", contact_id, None)]
    )
    return tombstone


async def _list_names(cursor: Cursor, account_id: int, contact_id: int) -> list[str]:
    await cursor.execute(
        """select a.alias from channels_contact_alias a where a.contact_id = %(id)s and a.account_id = %(account_id)s
           union select k.provider_id from channels_contact k where k.id = %(id)s and k.account_id = %(account_id)s""",
        {"id": contact_id, "account_id": account_id},
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def _delete_contact(cursor: Cursor, contact_id: int) -> None:
    await cursor.execute(
        """with deleted as (delete from channels_contact where id = %s returning avatar)
           update channels_media_blob b set released_at = now() from deleted where b.sha256 = deleted.avatar""",
        (contact_id,),
    )


async def fetch_erasure(
    cursor: Cursor, user_id: int, provider: str, account_id: int, contact_id: int
) -> str | None:
    """The erasure of a contact as JSON; None if there is none, or the account is not the user's."""
    await cursor.execute(
        f"""select {ERASURE_JSON} from channels_erasure e
            join channels_account a on a.id = e.account_id and a.provider = %(provider)s
            join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
            where e.account_id = %(account_id)s and e.contact_id = %(contact_id)s""",
        {"user_id": user_id, "provider": provider, "account_id": account_id, "contact_id": contact_id},
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def fetch_any_erasure(cursor: Cursor, account_id: int, contact_id: int) -> str | None:
    """The same for operators, who need not be members."""
    await cursor.execute(
        f"select {ERASURE_JSON} from channels_erasure e where e.account_id = %s and e.contact_id = %s",
        (account_id, contact_id),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


LEASE_ERASURE = Prepared(
    "lease_erasure",
    """
    with due as (select id from channels_erasure where state = 'running' and claimed_until < now()
                 order by id limit 1 for update skip locked)
    update channels_erasure e set claimed_until = now() + make_interval(secs => %(seconds)s)
    from due where e.id = due.id
    returning e.id, e.account_id, e.contact_id, e.names, e.chat_ids, e.walked_seq, e.created_at""",
)


async def lease_erasure(cursor: Cursor, seconds: float) -> Erasure | None:
    """Lease the oldest erasure that no worker has; None if there is none."""
    await LEASE_ERASURE.execute(cursor, {"seconds": seconds})
    row = await cursor.fetchone()
    return row and Erasure(*row)


class WalkedMessage(NamedTuple):
    """A message of the account: whether it must be deleted, or only loses a quote or a reaction."""

    id: int
    seq: int
    provider_msg_id: str | None
    chat_id: int
    is_erasable: bool
    has_quote: bool
    has_reaction: bool


# A row that changes meanwhile takes a higher seq and is read again, so the walk misses none.
WALK = """
    select m.id, m.seq, m.provider_msg_id, m.chat_id,
        (m.chat_id = any(%(chat_ids)s)
            or coalesce(m.direction = 'in' and m.sender->>'provider_id' = any(%(names)s), false))
            and least(m.sent_at, m.created_at) <= %(erased_at)s,
        m.quoted is not null and coalesce(m.quoted->>'sender_id' = any(%(names)s), false)
            and m.sent_at <= %(erased_at)s,
        m.reactions <> '[]' and exists (
            select from jsonb_array_elements(m.reactions) r where r->'sender'->>'provider_id' = any(%(names)s))
    from channels_message m where m.account_id = %(account_id)s and m.seq > %(walked_seq)s
    order by m.seq limit %(limit)s"""


async def walk(cursor: Cursor, erasure: Erasure, walked_seq: int, limit: int) -> list[WalkedMessage]:
    """The next messages of the account, by seq."""
    values = {**erasure._asdict(), "walked_seq": walked_seq, "limit": limit}
    await cursor.execute(WALK, values)
    return [WalkedMessage(*row) for row in await cursor.fetchall()]


async def note_walked(
    cursor: Cursor, erasure_id: int, walked_seq: int, messages: int, seconds: float
) -> None:
    """Record the progress in the transaction that deleted the rows, so that the next worker continues there; extends
    the lease.
    """
    await cursor.execute(
        """update channels_erasure set walked_seq = %s, messages = messages + %s, updated_at = now(),
               claimed_until = now() + make_interval(secs => %s) where id = %s""",
        (walked_seq, messages, seconds, erasure_id),
    )


async def finish_erasure(cursor: Cursor, erasure_id: int) -> None:
    """Mark the erasure as done and delete the stored ids."""
    await cursor.execute(
        """update channels_erasure set state = 'done', names = '{}', chat_ids = '{}', updated_at = now()
           where id = %s""",
        (erasure_id,),
    )


# Early events of theirs. An edit does not say whose text it has, so every edit goes whose message is not stored; a
# message that arrives late is read with its current text.
DELETE_EARLY_EVENTS = """
    delete from channels_amendment e where e.account_id = %(account_id)s
        and (e.person = any(%(names)s) or e.content->>'provider_id' = any(%(names)s)
            or e.kind = 'edited' and not exists (select from channels_message m where m.account_id = e.account_id
                                                 and m.provider_msg_id = e.provider_msg_id))"""
# First messages to them: the row stays, so that none is sent twice, and counts.
BLANK_STARTS = """
    update channels_chat_start set address = '', body = '' where account_id = %(account_id)s
        and (address = any(%(names)s) or address = any(%(phones)s))"""
# Compared as text, because nothing else is known of an unreadable event. The digest stays, so that it is not stored
# again.
BLANK_DEAD_LETTERS = """
    update dead_letters set state = 'erased', reason = '', body = '{}', updated_at = now()
    where state <> 'erased' and (external_account_id = %(external_account_id)s
            or external_account_id is null and strpos(body, %(external_account_id)s) > 0)
        and exists (select from unnest(%(names)s::text[]) name where strpos(reason || ' ' || body, name) > 0)"""


async def erase_traces(
    cursor: Cursor, account_id: int, external_account_id: str, names: Sequence[str]
) -> None:
    """Erase everything besides messages that has one of these ids: early events, first messages, dead letters."""
    plain = [name.removeprefix("#") for name in names]
    phones = [f"+{name.partition('@')[0]}" for name in plain if name.partition("@")[0].isdigit()]
    values = {
        "account_id": account_id,
        "external_account_id": external_account_id,
        "names": plain,
        "phones": phones,
    }
    for statement in (DELETE_EARLY_EVENTS, BLANK_STARTS, BLANK_DEAD_LETTERS):
        await cursor.execute(statement, values)
