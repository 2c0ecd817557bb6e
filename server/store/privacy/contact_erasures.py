"""Erasing one person: what leads to their rows is kept until all of these are gone, a piece a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts import accounts
from server.store.messages.tombstones import Tombstone, insert_tombstones
from server.store.privacy.erasure_digests import NameHasher, mark_erased
from server.store.privacy.exports import delete_with_contact

ERASURE_JSON = """
    row_to_json((select x from (select
        e.id, e.account_id, e.contact_id, e.state, e.messages, rfc3339(e.created_at) as created_at,
        rfc3339(e.updated_at) as updated_at) x))::text"""


class Erasure(NamedTuple):
    """One that this worker, and nobody else, carries on now."""

    id: int
    account_id: int
    contact_id: int
    names: list[str]
    chat_ids: list[int]
    walked_seq: int
    erased_at: datetime


# A person's direct chats: by any of their names, or by what they wrote there.
FIND_CHATS = """
    select c.id, c.provider_chat_id, c.address from channels_chat c
    where c.account_id = %(account_id)s and c.kind = 'direct' and (c.address = any(%(names)s)
        or c.address is null and exists (select from channels_message m where m.chat_id = c.id
                                         and m.direction = 'in' and m.sender->>'provider_id' = any(%(names)s)))"""
INSERT_ERASURE = """
    insert into channels_erasure as known (account_id, contact_id, user_id, names, chat_ids)
    values (%(account_id)s, %(contact_id)s, %(user_id)s, %(names)s, %(chat_ids)s)
    returning created_at"""


async def begin_erasure(
    cursor: Cursor, seal: NameHasher, account_id: int, contact_id: int, user_id: int | None
) -> Tombstone | None:
    """Forget a contact at once, and write down what else has to go; None when there is no such contact.

    From this transaction on nothing that was sent before it is taken any more.
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
    places = {name for row in chats for name in row[1:] if name}
    await mark_erased(cursor, seal, account_id, {*names, *places}, erased_at)
    await cursor.execute("update channels_account set has_erased = true where id = %s", (account_id,))
    await _forget_contact(cursor, contact_id)
    await delete_with_contact(cursor, account_id, contact_id)
    (gone,) = await insert_tombstones(cursor, account_id, [("contact:erased", contact_id, None)])
    return gone


async def _list_names(cursor: Cursor, account_id: int, contact_id: int) -> list[str]:
    await cursor.execute(
        """select a.alias from channels_contact_alias a where a.contact_id = %(id)s and a.account_id = %(account_id)s
           union select k.provider_id from channels_contact k where k.id = %(id)s and k.account_id = %(account_id)s""",
        {"id": contact_id, "account_id": account_id},
    )
    return sorted(row[0] for row in await cursor.fetchall())


async def _forget_contact(cursor: Cursor, contact_id: int) -> None:
    await cursor.execute(
        """with gone as (delete from channels_contact where id = %s returning avatar)
           update channels_media_blob b set released_at = now() from gone where b.sha256 = gone.avatar""",
        (contact_id,),
    )


async def fetch_erasure(
    cursor: Cursor, user_id: int, provider: str, account_id: int, contact_id: int
) -> str | None:
    """As JSON; None when there was none, or the account is not the user's."""
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
    """The same, whoever's account it is: for operators."""
    await cursor.execute(
        f"select {ERASURE_JSON} from channels_erasure e where e.account_id = %s and e.contact_id = %s",
        (account_id, contact_id),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def lease_erasure(cursor: Cursor, seconds: float) -> Erasure | None:
    """The oldest that nobody carries on, for so long."""
    await cursor.execute(
        """with due as (select id from channels_erasure where state = 'running' and claimed_until < now()
                        order by id limit 1 for update skip locked)
           update channels_erasure e set claimed_until = now() + make_interval(secs => %s)
           from due where e.id = due.id
           returning e.id, e.account_id, e.contact_id, e.names, e.chat_ids, e.walked_seq, e.created_at""",
        (seconds,),
    )
    row = await cursor.fetchone()
    return row and Erasure(*row)


class Walked(NamedTuple):
    """A row on the way through an account: whether it goes, or only forgets a quote or a reaction."""

    id: int
    seq: int
    provider_msg_id: str | None
    chat_id: int
    is_erasable: bool
    has_quote: bool
    has_reaction: bool


# Rows that change meanwhile take higher numbers and are met again: the walk misses none.
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


async def walk(cursor: Cursor, erasure: Erasure, walked_seq: int, limit: int) -> list[Walked]:
    """The next rows of the account, in the order of their numbers."""
    values = {**erasure._asdict(), "walked_seq": walked_seq, "limit": limit}
    await cursor.execute(WALK, values)
    return [Walked(*row) for row in await cursor.fetchall()]


async def note_walked(
    cursor: Cursor, erasure_id: int, walked_seq: int, messages: int, seconds: float
) -> None:
    """Within the transaction that removed them, so that whoever goes on begins right behind it."""
    await cursor.execute(
        """update channels_erasure set walked_seq = %s, messages = messages + %s, updated_at = now(),
               claimed_until = now() + make_interval(secs => %s) where id = %s""",
        (walked_seq, messages, seconds, erasure_id),
    )


async def finish_erasure(cursor: Cursor, erasure_id: int) -> None:
    """All rows are gone: so goes what led to them."""
    await cursor.execute(
        """update channels_erasure set state = 'done', names = '{}', chat_ids = '{}', updated_at = now()
           where id = %s""",
        (erasure_id,),
    )


# What webhooks told of them that is waiting for its message. An edit does not say whose text it is: all those go
# whose message is not here, since a message that comes late is read with the text it has by then.
DELETE_EARLY_EVENTS = """
    delete from channels_amendment e where e.account_id = %(account_id)s
        and (e.person = any(%(names)s) or e.content->>'provider_id' = any(%(names)s)
            or e.kind = 'edited' and not exists (select from channels_message m where m.account_id = e.account_id
                                                 and m.provider_msg_id = e.provider_msg_id))"""
# First messages to them that were written down: the row stays, so that none is sent twice, and is counted.
BLANK_STARTS = """
    update channels_chat_start set address = '', body = '' where account_id = %(account_id)s
        and (address = any(%(names)s) or address = any(%(phones)s))"""
# Word for word: what could not be read cannot be told apart otherwise. The digest stays, so that it is not kept again.
BLANK_DEAD_LETTERS = """
    update dead_letters set state = 'erased', reason = '', body = '{}', updated_at = now()
    where state <> 'erased' and (external_account_id = %(external_account_id)s
            or external_account_id is null and strpos(body, %(external_account_id)s) > 0)
        and exists (select from unnest(%(names)s::text[]) name where strpos(reason || ' ' || body, name) > 0)"""


async def forget_traces(
    cursor: Cursor, account_id: int, external_account_id: str, names: Sequence[str]
) -> None:
    """Everything beside the messages that bears one of these names."""
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
