"""First messages to a phone number: stored before UniPile is called, and matched with the message their echo stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts import accounts
from server.store.chats import chats
from server.store.chats.chat_rows import WantedChat
from server.store.chats.sight import hides
from server.store.db.seq import take_seqs_for
from server.store.messages.messages import CHANGED, ChangedMessage


class StartTarget(NamedTuple):
    """The account that a user wants to write from, with their role."""

    account_id: int
    external_account_id: str
    owner_id: int
    account_status: str
    phone: str | None
    role: str
    user_id: int


class ChatStart(NamedTuple):
    """A first message; `address` is the phone number as WhatsApp writes it."""

    account_id: int
    client_id: str
    address: str
    body: str
    author_kind: str | None
    author_id: int | None


async def fetch_target(cursor: Cursor, user_id: int, provider: str, account_id: int) -> StartTarget | None:
    """None if the account does not exist or is not the user's."""
    await cursor.execute(
        """select a.id, a.external_account_id, a.user_id, a.status, a.phone, u.role, u.user_id
           from channels_account a join channels_account_member u on u.account_id = a.id and u.user_id = %s
           where a.id = %s and a.provider = %s""",
        (user_id, account_id, provider),
    )
    row = await cursor.fetchone()
    return row and StartTarget(*row)


async def find_address(cursor: Cursor, account_id: int, addresses: Sequence[str]) -> str | None:
    """Which of these addresses of one person the account knows: as a chat's address, else as a contact's alias. None if
    none.
    """
    await cursor.execute(
        """select x.address from unnest(%(addresses)s::text[]) with ordinality as x (address, n)
           cross join lateral (
               select 0 as rank from channels_chat c
               where c.account_id = %(account_id)s and c.kind = 'direct' and c.address = x.address
               union all
               select 1 from channels_contact_alias a
               where a.account_id = %(account_id)s and a.alias = x.address) known
           order by known.rank, x.n limit 1""",
        {"account_id": account_id, "addresses": list(addresses)},
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def is_hidden(cursor: Cursor, user_id: int, account_id: int, address: str) -> bool:
    """Whether there is a chat with this phone number that the user does not see."""
    await cursor.execute(
        f"""select exists (
               select from channels_chat c
               join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
               where c.account_id = %(account_id)s and c.kind = 'direct' and {hides()}
                   and (c.address = %(address)s or c.address in (
                       select other.alias from channels_contact_alias a
                       join channels_contact_alias other on other.contact_id = a.contact_id
                       where a.account_id = %(account_id)s and a.alias = %(address)s)))""",
        {"user_id": user_id, "account_id": account_id, "address": address},
    )
    return bool((await cursor.fetchone())[0])


async def insert_start(cursor: Cursor, start: ChatStart) -> datetime | None:
    """Store a first message and return when; None if another request has used its client_id. The account is locked."""
    await cursor.execute(
        """insert into channels_chat_start (account_id, client_id, address, body, author_kind, author_id, counted_for)
           select a.id, %(client_id)s, %(address)s, %(body)s, %(author_kind)s, %(author_id)s, counted_for_now(a)
           from channels_account a where a.id = %(account_id)s
           on conflict do nothing returning created_at""",
        start._asdict(),
    )
    row = await cursor.fetchone()
    moment: datetime | None = row and row[0]
    return moment


async def lock_start(cursor: Cursor, account_id: int, client_id: str) -> tuple[ChatStart, datetime] | None:
    """A first message without an outcome yet, and when it was stored; locks its account."""
    await accounts.lock_account(cursor, account_id)
    await cursor.execute(
        """select account_id, client_id, address, body, author_kind, author_id, created_at from channels_chat_start
           where account_id = %s and client_id = %s""",
        (account_id, client_id),
    )
    row = await cursor.fetchone()
    return row and (ChatStart(*row[:6]), row[6])


async def delete_start(cursor: Cursor, start: ChatStart) -> None:
    """Delete a first message; a trigger gives its unit of the plan back."""
    await cursor.execute(
        "delete from channels_chat_start where account_id = %s and client_id = %s",
        (start.account_id, start.client_id),
    )


async def ensure_chat(cursor: Cursor, start: ChatStart, provider_chat_id: str) -> int:
    """The id of the chat that UniPile named, inserted if new. The account must be locked."""
    row: WantedChat = {
        "account_id": start.account_id,
        "provider_chat_id": provider_chat_id,
        "address": start.address,
        "kind": "direct",
    }
    known = await chats.ensure_chats(cursor, [row])
    return known[start.account_id, provider_chat_id].id


# The message counts for the payer at the time it was stored, whose unit it took.
COUNTED_FOR = """(select s.counted_for from channels_chat_start s
        where s.account_id = %(account_id)s and s.client_id = %(client_id)s)"""
# Found by UniPile's id; without one by its text, in the chat of that phone number or in a chat that is newer.
ADOPT_MESSAGE = f"""
    with found as (
        select m.id, m.account_id from channels_message m join channels_chat c on c.id = m.chat_id
        where m.account_id = %(account_id)s and m.direction = 'out' and m.client_id is null
            and case when %(provider_msg_id)s::text is not null then m.provider_msg_id = %(provider_msg_id)s
                     else m.body = %(body)s and m.created_at >= %(begun_at)s
                         and (c.address = %(address)s or c.created_at >= %(begun_at)s) end
        order by m.id limit 1
    ), {take_seqs_for("found")}, m as (
        update channels_message t set client_id = %(client_id)s, counted_for = {COUNTED_FOR},
            author_kind = %(author_kind)s, author_id = %(author_id)s,
            accepted_at = coalesce(t.accepted_at, now()), seq = seqs.base + 1, updated_at = now()
        from found, seqs where t.id = found.id returning t.*
    )
    select {CHANGED} from m"""


async def adopt_message(
    cursor: Cursor, start: ChatStart, begun_at: datetime, provider_msg_id: str | None = None
) -> ChangedMessage | None:
    """Give the message that the echo stored its client_id and return it; None if the echo has not arrived. The account
    must be locked.
    """
    values = start._asdict() | {"begun_at": begun_at, "provider_msg_id": provider_msg_id}
    await cursor.execute(ADOPT_MESSAGE, values)
    row = await cursor.fetchone()
    return row and ChangedMessage(*row)


INSERT_MESSAGE = f"""
    with start as (
        select %(account_id)s::bigint as account_id
    ), {take_seqs_for("start", returning="first_payer(a) as first_payer")}, m as (
        insert into channels_message (account_id, chat_id, provider_msg_id, client_id, direction, status, body,
                                      attempted_at, accepted_at, sent_at, counted_for, author_kind, author_id, seq,
                                      inserted_seq)
        select %(account_id)s, %(chat_id)s, %(provider_msg_id)s, %(client_id)s, 'out', 'sent', %(body)s,
            now(), now(), now(), {COUNTED_FOR}, %(author_kind)s, %(author_id)s, seqs.base + 1, seqs.base + 1
        from seqs
        returning *
    )
    select {CHANGED}, rfc3339(m.sent_at), coalesce(m.counted_for, seqs.first_payer) from m, seqs"""


async def insert_message(
    cursor: Cursor, start: ChatStart, chat_id: int, provider_msg_id: str | None
) -> tuple[ChangedMessage, str, int]:
    """Insert the message that UniPile accepted; returns (message, sent_at, payer's user id). The account must be
    locked.
    """
    await cursor.execute(
        INSERT_MESSAGE, start._asdict() | {"chat_id": chat_id, "provider_msg_id": provider_msg_id}
    )
    row = await cursor.fetchone()
    return ChangedMessage(*row[:8]), str(row[8]), int(row[9])
