"""Sends: authorises and locks, then inserts the message before UniPile is called."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.sight import sees, sees_now
from server.store.db.prepared import Prepared
from server.store.db.seq import STORE_SEQ, take_seqs_for
from server.store.messages.messages import CHANGED, ChangedMessage


class SendTarget(NamedTuple):
    """The chat a user wants to send to; the transaction holds the account's lock."""

    account_id: int
    owner_id: int
    account_status: str
    role: str
    chat_kind: str = "direct"


class SenderChat(TypedDict):
    """A user who wants to send, and the chat."""

    user_id: int
    chat_id: int


class Author(NamedTuple):
    """Who writes a message, or changes a chat: a user, a program with an API key, or a rule; AUTOMATIC is none of an
    account's rules.
    """

    kind: Literal["user", "api_key", "rule"]
    id: int


# Writes welcomes, away texts and surveys.
AUTOMATIC = Author("rule", 0)


class NewSend(TypedDict):
    """One of several sends to insert, in the order of `n`; its writer had read up to `seen_seq`."""

    n: int
    chat_id: int
    client_id: str
    body: str | None
    seen_seq: int | None
    author_kind: str
    author_id: int


# One query authorises and locks.
LOCK_SEND_TARGET = Prepared(
    "lock_send_target",
    f"""
    select a.id, a.user_id, a.status, u.role, c.kind, u.is_restricted
    from channels_account a
    join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
    join channels_chat c on c.account_id = a.id and c.id = %(chat_id)s
    where a.id = %(account_id)s and a.provider = %(provider)s and {sees()}
    for no key update of a""",
)


async def lock_send_target(
    cursor: Cursor, user_id: int, provider: str, account_id: int, chat_id: int
) -> SendTarget | None:
    """Lock the account; None if account or chat does not exist or is not the user's."""
    await LOCK_SEND_TARGET.execute(
        cursor,
        {
            "user_id": user_id,
            "provider": provider,
            "account_id": account_id,
            "chat_id": chat_id,
        },
    )
    row = await cursor.fetchone()
    if row is None or (row[5] and not await sees_now(cursor, user_id, chat_id)):
        return None
    return SendTarget(*row[:5])


class SendTargets(NamedTuple):
    """An account whose lock this transaction holds, and how many of the sends are allowed here; those of restricted
    agents are stored one by one.
    """

    owner_id: int
    account_status: str
    reachable: int


LOCK_SEND_TARGETS = Prepared(
    "lock_send_targets",
    """
    select a.user_id, a.status, (
        select count(*) from jsonb_to_recordset(%(rows)s::jsonb) as x (user_id bigint, chat_id bigint)
        join channels_account_member u on u.account_id = a.id and u.user_id = x.user_id and not u.is_restricted
        join channels_chat c on c.account_id = a.id and c.id = x.chat_id and c.kind <> 'channel')
    from channels_account a where a.id = %(account_id)s and a.provider = %(provider)s
    for no key update of a""",
)


async def lock_send_targets(
    cursor: Cursor, provider: str, account_id: int, rows: Sequence[SenderChat]
) -> SendTargets | None:
    """Lock an account for several sends at once; None if it does not exist."""
    values = {"provider": provider, "account_id": account_id, "rows": orjson.dumps(rows).decode()}
    await LOCK_SEND_TARGETS.execute(cursor, values)
    row = await cursor.fetchone()
    return row and SendTargets(*row)


# Up to where the writer of a message in the chat `c` of the account `a` had read, if that may change the unread count.
SEEN = """case when {0} > c.read_seq and (c.unread_count > 0 or exists (
                select from channels_message p
                where p.chat_id = c.id and p.status = 'sending' and p.seen_seq is not null))
            then least({0}, a.seq) end"""

# The unique key decides whether a client_id was used before; no seq is taken when the insert conflicts.
INSERT_SEND = Prepared(
    "insert_send",
    f"""
    with m as (
        insert into channels_message (account_id, chat_id, client_id, direction, status, body, quoted, attachments,
                                      sent_at, counted_for, seen_seq, author_kind, author_id, seq, inserted_seq)
        select a.id, %(chat_id)s::bigint, %(client_id)s::text, 'out', 'sending', %(body)s::text,
            %(quoted)s::jsonb, %(attachments)s::jsonb, now(), counted_for_now(a), {SEEN.format("%(seen)s::bigint")},
            %(author_kind)s::text, %(author_id)s::bigint, a.seq + 1, a.seq + 1
        from channels_account a join channels_chat c on c.id = %(chat_id)s and c.account_id = a.id
        where a.id = %(account_id)s
        on conflict (account_id, client_id) do nothing
        returning *
    ), {STORE_SEQ}
    select {CHANGED}, rfc3339(m.sent_at) from m""",
)


async def insert_send(
    cursor: Cursor,
    account_id: int,
    chat_id: int,
    client_id: str,
    body: str | None,
    quoted: str | None = None,
    attachments: Sequence[Mapping[str, object]] = (),
    *,
    author: Author,
    seen_seq: int | None = None,
) -> tuple[ChangedMessage, str] | None:
    """Insert a message in state `sending`; returns (message, sent_at), or None if the client_id is taken. `seen_seq`
    is up to where its writer had read, None if a program wrote it. The account is locked.
    """
    values = {
        "account_id": account_id,
        "chat_id": chat_id,
        "client_id": client_id,
        "body": body,
        "seen": seen_seq,
        "author_kind": author.kind,
        "author_id": author.id,
    }
    files = orjson.dumps(attachments).decode()
    await INSERT_SEND.execute(cursor, values | {"quoted": quoted, "attachments": files})
    row = await cursor.fetchone()
    return row and (ChangedMessage(*row[:8]), str(row[8]))


# That a client_id is new is certain, because the account is locked: no seq is taken for a known one. A scalar subquery
# probes the index once per row; `not exists` became a join that reads all messages of the account.
INSERT_SENDS = Prepared(
    "insert_sends",
    f"""
    with fresh as (
        select %(account_id)s::bigint as account_id, x.chat_id, x.client_id, x.body, x.seen_seq,
            x.author_kind, x.author_id,
            row_number() over (order by x.n) as n
        from jsonb_to_recordset(%(rows)s::jsonb)
            as x (n integer, chat_id bigint, client_id text, body text, seen_seq bigint, author_kind text,
                  author_id bigint)
        where (select k.id from channels_message k
               where k.account_id = %(account_id)s and k.client_id = x.client_id) is null
    ), {take_seqs_for("fresh")}, m as (
        insert into channels_message (account_id, chat_id, client_id, direction, status, body, attachments,
                                      sent_at, counted_for, seen_seq, author_kind, author_id, seq, inserted_seq)
        select a.id, f.chat_id, f.client_id, 'out', 'sending', f.body, '[]', now(), counted_for_now(a),
            {SEEN.format("f.seen_seq")}, f.author_kind, f.author_id, seqs.base + f.n, seqs.base + f.n
        from fresh f join channels_chat c on c.id = f.chat_id join channels_account a on a.id = c.account_id
        cross join seqs where a.id = %(account_id)s order by f.n
        returning *
    )
    select {CHANGED}, rfc3339(m.sent_at) from m order by m.seq""",
)


async def insert_sends(
    cursor: Cursor, account_id: int, rows: Sequence[NewSend]
) -> list[tuple[ChangedMessage, str]]:
    """Insert several messages; returns (message, sent_at) in their order, without those whose client_id is taken. The
    client_ids are distinct and the account is locked.
    """
    await INSERT_SENDS.execute(cursor, {"account_id": account_id, "rows": orjson.dumps(rows).decode()})
    return [(ChangedMessage(*row[:8]), str(row[8])) for row in await cursor.fetchall()]


async def fetch_quotable(cursor: Cursor, chat_id: int, message_id: int) -> str | None:
    """What a reply stores of the quoted message, as JSON; None if the chat has no such message that UniPile knows."""
    await cursor.execute(
        """select jsonb_build_object('provider_msg_id', provider_msg_id, 'sender_id', sender->>'provider_id',
               'body', left(body, 1000))::text
           from channels_message
           where id = %s and chat_id = %s and provider_msg_id is not null and deleted_at is null and not is_event""",
        (message_id, chat_id),
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def fetch_by_client_id(cursor: Cursor, account_id: int, client_id: str) -> ChangedMessage | None:
    """The message with this client_id; None if there is none."""
    await cursor.execute(
        f"select {CHANGED} from channels_message m where m.account_id = %s and m.client_id = %s",
        (account_id, client_id),
    )
    row = await cursor.fetchone()
    return row and ChangedMessage(*row)
