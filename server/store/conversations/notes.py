"""Notes: what users write to each other beside a chat's messages, and whom they mention. Nothing that is sent is read
from here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.sight import audience_of, hides
from server.store.db.keyset_pages import Page, page_of
from server.store.db.seq import take_seqs
from server.store.sending.sends import Author

# Names are the newest ones.
NOTE_JSON = """
    row_to_json((select x from (select
        n.id, n.account_id, n.chat_id, n.client_id,
        json_build_object('kind', n.author_kind, 'id', n.author_id, 'name', case n.author_kind
            when 'user' then (select u.name from users u where u.id = n.author_id)
            when 'api_key' then (select k.name from api_key k where k.id = n.author_id)
            when 'rule' then (select r.name from rule r where r.id = n.author_id) end) as author,
        n.body,
        coalesce((select json_agg(json_build_object('id', u.id, 'name', u.name) order by u.id)
                  from channels_note_mention w join users u on u.id = w.user_id where w.note_id = n.id), '[]')
            as mentions,
        rfc3339(n.created_at) as created_at, rfc3339(n.edited_at) as edited_at,
        rfc3339(n.deleted_at) as deleted_at, n.seq) x))::text"""


class StoredNote(NamedTuple):
    """A note with what a push of it needs."""

    id: int
    account_id: int
    chat_id: int
    seq: int
    json: str
    audience: str


class NoteState(NamedTuple):
    """A note before a change; the transaction holds its account's lock. `age` is in seconds."""

    id: int
    account_id: int
    author: Author
    body: str
    mentions: list[int]
    is_deleted: bool
    age: float


class NewNote(NamedTuple):
    """A note to insert, and the ids of the users it mentions."""

    account_id: int
    chat_id: int
    conversation_id: int | None
    client_id: str
    author: Author
    body: str
    mentions: Sequence[int]


class Mentioned(NamedTuple):
    """A user that a note is to mention, and whether they have access to the account, but do not see the chat."""

    id: int
    name: str
    has_access: bool
    is_blind: bool


SHOWN = f"n.id, n.account_id, n.chat_id, n.seq, {NOTE_JSON}, {audience_of('n.chat_id')}"


async def insert_note(cursor: Cursor, note: NewNote) -> StoredNote:
    """Insert a note. The account must be locked."""
    seq = await take_seqs(cursor, note.account_id, 1)
    await cursor.execute(
        """insert into channels_note (account_id, chat_id, conversation_id, client_id, author_kind, author_id, body,
               inserted_seq, seq)
           values (%(account_id)s, %(chat_id)s, %(conversation_id)s, %(client_id)s, %(author_kind)s, %(author_id)s,
               %(body)s, %(seq)s, %(seq)s) returning id""",
        {**note._asdict(), "author_kind": note.author.kind, "author_id": note.author.id, "seq": seq},
    )
    note_id = int((await cursor.fetchone())[0])
    await _set_mentions(cursor, note_id, note.mentions)
    return await fetch_note(cursor, note_id)


async def change_note(cursor: Cursor, note: NoteState, body: str, mentions: Sequence[int]) -> StoredNote:
    """Replace the text and the mentions of a note. The account must be locked."""
    seq = await take_seqs(cursor, note.account_id, 1)
    await cursor.execute(
        "update channels_note set body = %s, edited_at = now(), seq = %s where id = %s", (body, seq, note.id)
    )
    await _set_mentions(cursor, note.id, mentions)
    return await fetch_note(cursor, note.id)


async def delete_note(cursor: Cursor, note: NoteState) -> StoredNote:
    """Empty a note; its row stays and says that it was deleted. The account must be locked."""
    seq = await take_seqs(cursor, note.account_id, 1)
    await cursor.execute(
        "update channels_note set body = '', deleted_at = now(), words = null, seq = %s where id = %s",
        (seq, note.id),
    )
    await _set_mentions(cursor, note.id, ())
    return await fetch_note(cursor, note.id)


async def _set_mentions(cursor: Cursor, note_id: int, user_ids: Sequence[int]) -> None:
    await cursor.execute(
        "delete from channels_note_mention where note_id = %s and user_id <> all(%s::bigint[])",
        (note_id, list(user_ids)),
    )
    await cursor.execute(
        """insert into channels_note_mention (note_id, user_id, chat_id)
           select n.id, u.id, n.chat_id from channels_note n cross join unnest(%s::bigint[]) as u (id)
           where n.id = %s on conflict do nothing""",
        (list(user_ids), note_id),
    )


async def fetch_note(cursor: Cursor, note_id: int) -> StoredNote:
    """An existing note as it is pushed. The caller authorises."""
    await cursor.execute(f"select {SHOWN} from channels_note n where n.id = %s", (note_id,))
    return StoredNote(*await cursor.fetchone())


async def find_by_client_id(
    cursor: Cursor, account_id: int, client_id: str
) -> tuple[StoredNote, Author] | None:
    """The note of the account with this client_id, and its author."""
    await cursor.execute(
        f"""select {SHOWN}, n.author_kind, n.author_id from channels_note n
            where n.account_id = %s and n.client_id = %s""",
        (account_id, client_id),
    )
    row = await cursor.fetchone()
    return None if row is None else (StoredNote(*row[:6]), Author(*row[6:]))


async def fetch_state(cursor: Cursor, chat_id: int, note_id: int) -> NoteState | None:
    """A note of the chat before a change. The account must be locked."""
    await cursor.execute(
        """select n.id, n.account_id, n.author_kind, n.author_id, n.body,
               array(select w.user_id from channels_note_mention w where w.note_id = n.id order by w.user_id),
               n.deleted_at is not null, extract(epoch from now() - n.created_at)::float8
           from channels_note n where n.id = %s and n.chat_id = %s""",
        (note_id, chat_id),
    )
    row = await cursor.fetchone()
    return None if row is None else NoteState(row[0], row[1], Author(row[2], row[3]), *row[4:])


async def list_notes(cursor: Cursor, chat_id: int, *, limit: int, after: tuple[str, int] | None) -> Page:
    """The chat's notes, newest first. The caller authorises."""
    after_time, after_id = after or (None, None)
    await cursor.execute(
        f"""select {NOTE_JSON}, rfc3339(n.created_at), n.id from channels_note n
            where n.chat_id = %(chat_id)s and (%(after_id)s::bigint is null
                or (n.created_at, n.id) < (%(after_time)s::timestamptz, %(after_id)s))
            order by n.created_at desc, n.id desc limit %(limit)s + 1""",
        {"chat_id": chat_id, "limit": limit, "after_time": after_time, "after_id": after_id},
    )
    return page_of(await cursor.fetchall(), limit)


async def list_mentioned(cursor: Cursor, chat_id: int, user_ids: Sequence[int]) -> list[Mentioned]:
    """The active users of these ids, by id."""
    await cursor.execute(
        f"""select u.id, u.name, m.user_id is not null, m.user_id is not null and {hides(user="u.id", member="m")}
            from channels_chat c cross join users u
            left join channels_account_member m on m.user_id = u.id and m.account_id = c.account_id
            where c.id = %s and u.id = any(%s) and u.is_active order by u.id""",
        (chat_id, list(user_ids)),
    )
    return [Mentioned(*row) for row in await cursor.fetchall()]


async def delete_before(cursor: Cursor, account_id: int, chat_ids: Sequence[int], before: datetime) -> None:
    """Delete the notes of these chats from up to a time, as `chat:trimmed` says of everything in them."""
    await cursor.execute(
        "delete from channels_note where account_id = %s and chat_id = any(%s) and created_at <= %s",
        (account_id, list(chat_ids), before),
    )


async def list_old_chats(cursor: Cursor, account_id: int, before: datetime, limit: int) -> list[int]:
    """Up to `limit` chats of the account with notes from before a time."""
    await cursor.execute(
        """select c.id from channels_chat c where c.account_id = %s
               and exists (select from channels_note n where n.chat_id = c.id and n.created_at <= %s)
           order by c.id limit %s""",
        (account_id, before, limit),
    )
    return [row[0] for row in await cursor.fetchall()]
