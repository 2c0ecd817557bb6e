"""Auto-replies: the welcome and the away text of a number, and what is known of the messages that they answer."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.rules.answering.auto_replies import DAY, KINDS, ContactMessage, Kind
from server.store.automation.feed_events import FeedEvent
from server.store.conversations.conversations import is_answer


class AutoReplyText(TypedDict):
    """What is sent, if it is on."""

    is_on: bool
    text: str


# Both kinds in one object, also where none was stored.
AUTO_REPLIES_JSON = f"""
    select json_object_agg(kinds.kind, json_build_object('is_on', coalesce(r.is_on, false),
        'text', coalesce(r.body, ''), 'updated_at', rfc3339(r.updated_at)) order by kinds.n)::text
    from unnest(array{list(KINDS)}) with ordinality as kinds (kind, n)
    left join account_auto_reply r on r.account_id = %s and r.kind = kinds.kind"""


async def fetch_auto_replies_json(cursor: Cursor, account_id: int) -> str:
    """The auto-replies of a number as REST shows them. The caller authorises."""
    await cursor.execute(AUTO_REPLIES_JSON, (account_id,))
    return str((await cursor.fetchone())[0])


async def put_auto_replies(cursor: Cursor, account_id: int, texts: Mapping[str, AutoReplyText]) -> bool:
    """Store auto-replies of a number; False if they are stored already. The caller authorises."""
    rows = [{"kind": kind, "is_on": one["is_on"], "body": one["text"]} for kind, one in texts.items()]
    await cursor.execute(
        """insert into account_auto_reply as r (account_id, kind, is_on, body)
           select %s, x.kind, x.is_on, x.body
           from jsonb_to_recordset(%s::jsonb) as x (kind text, is_on boolean, body text)
           where x.is_on or x.body <> '' or exists (
               select from account_auto_reply o where o.account_id = %s and o.kind = x.kind)
           on conflict (account_id, kind) do update
               set is_on = excluded.is_on, body = excluded.body, updated_at = now()
               where (r.is_on, r.body) is distinct from (excluded.is_on, excluded.body)
           returning true""",
        (account_id, orjson.dumps(rows).decode(), account_id),
    )
    return await cursor.fetchone() is not None


class AutoReplyTexts(NamedTuple):
    """The texts that are on, and the phone number that sends them."""

    by_kind: Mapping[Kind, str]
    phone: str | None


async def fetch_texts(cursor: Cursor, account_id: int) -> AutoReplyTexts:
    """The texts of an account that are on."""
    await cursor.execute(
        """select r.kind, r.body, a.phone from account_auto_reply r join channels_account a on a.id = r.account_id
           where r.account_id = %s and r.is_on""",
        (account_id,),
    )
    rows = await cursor.fetchall()
    return AutoReplyTexts({kind: body for kind, body, _ in rows}, rows[0][2] if rows else None)


class Answerable(NamedTuple):
    """A contact's message that may be answered, and the contact as the variables name them."""

    message: ContactMessage
    name: str | None
    phone: str | None


# Row by row, for the few messages of a page (ADR 5). What happened earlier than a day ago is of no interest, but for
# what has to be sent once: its client_id is unique.
LIST_ANSWERABLE = f"""
    select x.chat_id, c.kind, x.at, v.id, greatest(said.answered_at, done.at), said.automatic_at, said.away_at,
        said.auto_replies, coalesce(contact.name, c.title), contact.phone
    from jsonb_to_recordset(%(rows)s::jsonb) as x (seq bigint, chat_id bigint, at timestamptz)
    cross join lateral (select t.* from channels_chat t where t.id = x.chat_id limit 1) c
    left join lateral (
        select t.id from channels_conversation t
        where t.chat_id = x.chat_id and t.opened_seq = x.seq and t.opened_by = 'contact' limit 1) v on true
    cross join lateral (
        select max(m.sent_at) filter (where {is_answer("m")}) as answered_at,
            max(greatest(m.sent_at, m.attempted_at)) filter (where m.author_kind = 'rule') as automatic_at,
            max(m.sent_at) filter (where m.author_kind = 'rule' and m.client_id like 'away:%%') as away_at,
            count(*) filter (where m.author_kind = 'rule' and m.author_id = 0
                and (m.client_id like 'away:%%' or m.client_id like 'welcome:%%')) as auto_replies
        from channels_message m
        where m.chat_id = x.chat_id and m.direction = 'out' and m.sent_at > %(since)s) said
    cross join lateral (
        select max(y.at) as at from channels_activity y
        where y.chat_id = x.chat_id and y.actor_kind in ('user', 'api_key') and y.at > %(since)s) done
    left join lateral (
        select k.name, k.phone from channels_contact_alias peer join channels_contact k on k.id = peer.contact_id
        where c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address limit 1) contact on true
    order by x.seq"""


async def list_answerable(cursor: Cursor, events: Collection[FeedEvent], now: datetime) -> list[Answerable]:
    """What is known of these messages of contacts, in their order. The account must be locked."""
    rows = [{"seq": event.seq, "chat_id": event.chat_id, "at": event.at.isoformat()} for event in events]
    values = {"rows": orjson.dumps(rows).decode(), "since": now - DAY}
    await cursor.execute(LIST_ANSWERABLE, values)
    return [Answerable(ContactMessage(*row[:8]), *row[8:]) for row in await cursor.fetchall()]
