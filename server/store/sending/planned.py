"""Planned messages: rows with a time, changed under their account's lock, so that each is sent or cancelled once."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.errors import failure
from server.store.chats.sight import audience_of, sees, sees_in_account
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs, take_seqs_for
from server.store.people.notifications import NewNotification, notify_users
from server.store.sending.sends import Author

# With their newest names.
NAMED = """case when {0} is not null then json_build_object('kind', {0}, 'id', {1}, 'name', case {0}
            when 'user' then (select u.name from users u where u.id = {1})
            when 'api_key' then (select k.name from api_key k where k.id = {1}) end) end"""
PLANNED_JSON = f"""
    row_to_json((select x from (select
        p.id, p.account_id, p.chat_id, {NAMED.format("p.author_kind", "p.author_id")} as author, p.body as text,
        p.quote_id, p.client_id, rfc3339(p.send_at) as send_at, p.cancel_if_contact_writes, p.state,
        {NAMED.format("p.cancelled_kind", "p.cancelled_id")} as cancelled_by, p.error, p.message_id,
        rfc3339(p.created_at) as created_at, rfc3339(p.updated_at) as updated_at, p.seq) x))::text"""
CHANGED = f"p.id, p.account_id, p.chat_id, p.seq, {PLANNED_JSON}, {audience_of('p.chat_id')}"
# Whether the author may still write: their access to the account, and a key that is not revoked or expired.
MAY_SEND = f"""
    (exists (select from users u join channels_account_member m on m.user_id = u.id
             join channels_chat c on c.id = p.chat_id
             where u.id = p.user_id and m.account_id = p.account_id and u.is_active and u.role <> 'viewer'
                 and m.role <> 'viewer' and {sees(user="p.user_id", member="m")})
     and (p.author_kind = 'user' or exists (
         select from api_key k where k.id = p.author_id and k.revoked_at is null
             and (k.expires_at is null or k.expires_at > now()))))"""


class ChangedPlanned(NamedTuple):
    """A planned message after a change, with what a push of it needs."""

    id: int
    account_id: int
    chat_id: int
    seq: int
    json: str
    audience: str


class NewPlanned(TypedDict):
    """A message to plan."""

    account_id: int
    chat_id: int
    user_id: int
    author_kind: str
    author_id: int
    text: str
    quote_id: int | None
    client_id: str
    send_at: str
    cancel_if_contact_writes: bool


class Planned(NamedTuple):
    """A planned message; the transaction holds its account's lock."""

    id: int
    account_id: int
    chat_id: int
    provider: str
    owner_id: int
    user_id: int
    author: Author
    text: str | None
    quote_id: int | None
    client_id: str
    state: str
    is_due: bool
    may_send: bool


async def lock_planned(cursor: Cursor, planned_id: int) -> Planned | None:
    """Lock the account of a planned message and read it; None if there is none. The caller authorises."""
    await cursor.execute(
        """select a.id from channels_planned_message p join channels_account a on a.id = p.account_id
           where p.id = %s for no key update of a""",
        (planned_id,),
    )
    # A second statement: it sees what the lock was waiting for.
    await cursor.execute(
        f"""select p.id, p.account_id, p.chat_id, a.provider, a.user_id, p.user_id, p.author_kind, p.author_id, p.body,
                p.quote_id, p.client_id, p.state, p.send_at <= now(), {MAY_SEND}
            from channels_planned_message p join channels_account a on a.id = p.account_id where p.id = %s""",
        (planned_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    head, author, rest = row[:6], Author(row[6], row[7]), row[8:]
    return Planned(*(*head, author, *rest))


async def find_known(cursor: Cursor, account_id: int, client_id: str) -> ChangedPlanned | None:
    """The planned message with this client_id."""
    await cursor.execute(
        f"select {CHANGED} from channels_planned_message p where p.account_id = %s and p.client_id = %s",
        (account_id, client_id),
    )
    row = await cursor.fetchone()
    return row and ChangedPlanned(*row)


async def fetch_planned(cursor: Cursor, planned_id: int) -> ChangedPlanned:
    """An existing one. The caller authorises."""
    await cursor.execute(f"select {CHANGED} from channels_planned_message p where p.id = %s", (planned_id,))
    return ChangedPlanned(*await cursor.fetchone())


async def count_planned(cursor: Cursor, chat_id: int) -> int:
    """How many messages of the chat wait for their time."""
    await cursor.execute(
        "select count(*) from channels_planned_message where chat_id = %s and state = 'planned'", (chat_id,)
    )
    return int((await cursor.fetchone())[0])


async def insert_planned(cursor: Cursor, new: NewPlanned) -> ChangedPlanned:
    """Insert one. The account must be locked and the client_id be new."""
    seq = await take_seqs(cursor, new["account_id"], 1)
    await cursor.execute(
        f"""with p as (
                insert into channels_planned_message (account_id, chat_id, user_id, author_kind, author_id, body,
                    quote_id, client_id, send_at, cancel_if_contact_writes, seq)
                values (%(account_id)s, %(chat_id)s, %(user_id)s, %(author_kind)s, %(author_id)s, %(text)s,
                    %(quote_id)s, %(client_id)s, %(send_at)s, %(cancel_if_contact_writes)s, %(seq)s)
                returning *)
            select {CHANGED} from p""",
        {**new, "seq": seq},
    )
    return ChangedPlanned(*await cursor.fetchone())


async def plan_again(cursor: Cursor, planned: Planned, changes: Mapping[str, object]) -> ChangedPlanned:
    """Change text, time or condition; it waits again, whatever it was."""
    values = {name: changes.get(name) for name in ("text", "send_at", "cancel_if_contact_writes")}
    return await _update(
        cursor,
        planned,
        """state = 'planned', cancelled_kind = null, cancelled_id = null, error = null,
           body = coalesce(%(text)s, body), send_at = coalesce(%(send_at)s::timestamptz, send_at),
           cancel_if_contact_writes = coalesce(%(cancel_if_contact_writes)s, cancel_if_contact_writes)""",
        values,
    )


async def mark_sent(cursor: Cursor, planned: Planned, message_id: int) -> ChangedPlanned:
    """Note which message it became, and drop its text."""
    return await _update(
        cursor,
        planned,
        """state = 'sent', body = null, message_id = %(message_id)s, error = null, cancelled_kind = null,
           cancelled_id = null""",
        {"message_id": message_id},
    )


async def mark_failed(cursor: Cursor, planned: Planned, code: str, message: str) -> ChangedPlanned:
    """Store why it could not be sent, and notify its author."""
    failed = NewNotification(
        user_id=planned.user_id,
        kind="scheduled_failed",
        account_id=planned.account_id,
        chat_id=planned.chat_id,
        message_id=None,
        note_id=None,
        actor_id=None,
    )
    await notify_users(cursor, [failed])
    error = orjson.dumps(failure(code, message)).decode()
    return await _update(cursor, planned, "state = 'failed', error = %(error)s::jsonb", {"error": error})


async def cancel_one(cursor: Cursor, planned: Planned, actor: Author) -> ChangedPlanned:
    return await _update(
        cursor,
        planned,
        "state = 'cancelled', error = null, cancelled_kind = %(kind)s, cancelled_id = %(actor_id)s",
        {"kind": actor.kind, "actor_id": actor.id},
    )


async def _update(
    cursor: Cursor, planned: Planned, assignments: str, values: Mapping[str, object]
) -> ChangedPlanned:
    seq = await take_seqs(cursor, planned.account_id, 1)
    await cursor.execute(
        f"""with p as (update channels_planned_message set {assignments}, seq = %(seq)s, updated_at = now()
                       where id = %(id)s returning *)
            select {CHANGED} from p""",
        {**values, "id": planned.id, "seq": seq},
    )
    return ChangedPlanned(*await cursor.fetchone())


CANCEL = f"""
    with waiting as (
        select t.id, t.account_id, row_number() over (partition by t.account_id order by t.id) as n
        from channels_planned_message t where t.state = 'planned' and {{which}}
    ), {take_seqs_for("waiting")}, p as (
        update channels_planned_message t set state = 'cancelled', cancelled_kind = %(kind)s,
            cancelled_id = %(actor_id)s, seq = seqs.base + waiting.n, updated_at = now()
        from waiting join seqs on seqs.account_id = waiting.account_id where t.id = waiting.id
        returning t.*
    )
    select {CHANGED} from p order by p.account_id, p.seq"""
CANCEL_ANSWERED = CANCEL.format(which="t.cancel_if_contact_writes and t.chat_id = any(%(chat_ids)s)")
OF_USER = "t.user_id = %(user_id)s and (%(account_id)s::bigint is null or t.account_id = %(account_id)s)"
CANCEL_OF_USER = CANCEL.format(which=OF_USER)


async def cancel_answered(cursor: Cursor, chat_ids: Collection[int]) -> list[ChangedPlanned]:
    """Cancel what should not be sent after the contacts of these chats have written; their accounts are locked."""
    values = {"chat_ids": list(chat_ids), "kind": "contact", "actor_id": None}
    await cursor.execute(CANCEL_ANSWERED, values)
    return [ChangedPlanned(*row) for row in await cursor.fetchall()]


async def cancel_of_user(
    cursor: Cursor, user_id: int, actor: Author | None, account_id: int | None
) -> list[ChangedPlanned]:
    """Cancel what a user has planned, in one account or all; without an actor the operator does it."""
    values = {"user_id": user_id, "account_id": account_id}
    await cursor.execute(
        f"""select a.id from channels_account a where a.id in (
                select t.account_id from channels_planned_message t where t.state = 'planned' and {OF_USER})
            order by a.id for no key update""",
        values,
    )
    kind, actor_id = actor or ("system", None)
    await cursor.execute(CANCEL_OF_USER, {**values, "kind": kind, "actor_id": actor_id})
    return [ChangedPlanned(*row) for row in await cursor.fetchall()]


LIST_DUE = Prepared(
    "list_due_planned",
    """
    select id from channels_planned_message where state = 'planned' and send_at <= now()
    order by send_at, id limit %(limit)s""",
)


async def list_due(cursor: Cursor, limit: int) -> list[int]:
    """The ids of messages whose time has come, by time."""
    await LIST_DUE.execute(cursor, {"limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def list_of_chat(cursor: Cursor, chat_id: int, limit: int) -> list[str]:
    """What waits in a chat or has failed, by time, as JSON. The caller authorises."""
    await cursor.execute(
        f"""select {PLANNED_JSON} from channels_planned_message p
            where p.chat_id = %s and p.state in ('planned', 'failed') order by p.send_at, p.id limit %s""",
        (chat_id, limit),
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def list_of_account(
    cursor: Cursor, user_id: int, account_id: int, state: str, *, limit: int, after: tuple[str, int] | None
) -> Page:
    """The planned messages of the account's chats that the user sees, in one state: what waits or failed by time, the
    others newest first.
    """
    after_time, after_id = after or (None, None)
    way, sign = ("asc", ">") if state in ("planned", "failed") else ("desc", "<")
    await cursor.execute(
        f"""select {PLANNED_JSON}, rfc3339(p.send_at), p.id from channels_planned_message p
            join channels_chat c on c.id = p.chat_id
            where p.account_id = %(account_id)s and p.state = %(state)s and {sees_in_account()}
                and (%(after_id)s::bigint is null
                or (p.send_at, p.id) {sign} (%(after_time)s::timestamptz, %(after_id)s))
            order by p.send_at {way}, p.id {way} limit %(limit)s + 1""",
        {
            "user_id": user_id,
            "account_id": account_id,
            "state": state,
            "limit": limit,
            "after_id": after_id,
            "after_time": after_time,
        },
    )
    return page_of(await cursor.fetchall(), limit)


async def delete_of_chats(cursor: Cursor, chat_ids: Collection[int]) -> None:
    """Delete all of these chats: their contact is erased."""
    await cursor.execute("delete from channels_planned_message where chat_id = any(%s)", (list(chat_ids),))
