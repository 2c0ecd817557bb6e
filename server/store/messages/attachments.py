"""Media: which message refers to which blob, what has to be copied from UniPile, which blobs are orphaned."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.chats.sight import sees
from server.store.db.prepared import Prepared
from server.store.db.seq import STORE_SEQ
from server.store.messages.messages import CHANGED, MESSAGE_JSON, ChangedMessage


class StoredFile(NamedTuple):
    """A stored file that a message refers to, with its name and type."""

    message_id: int
    attachment_id: str
    sha256: str
    size: int
    mimetype: str
    file_name: str | None
    is_voice: bool


FILE_COLUMNS = """f.message_id, f.attachment_id, f.sha256, b.size, b.mimetype, item->>'file_name',
    coalesce((item->>'voice_note')::boolean, false)"""
# A file is accessible only while its message shows it.
SHOWN_FILE = """
    channels_message m
    join channels_media f on f.message_id = m.id
    join channels_media_blob b on b.sha256 = f.sha256
    join lateral jsonb_array_elements(m.attachments) item on item->>'id' = f.attachment_id"""

TOUCH_BLOB = """
    insert into channels_media_blob (sha256, size, mimetype) values (%s, %s, %s)
    on conflict (sha256) do update set touched_at = now()"""


async def touch_blob(cursor: Cursor, sha256: str, size: int, mimetype: str) -> None:
    """Record a blob that is stored or about to be; restarts its grace period as an orphan."""
    await cursor.execute(TOUCH_BLOB, (sha256, size, mimetype))


async def refer(cursor: Cursor, message_id: int, attachment_id: str, sha256: str) -> bool:
    """Point a message's attachment to a blob. If it was deleted meanwhile, release the blob and return False."""
    await cursor.execute(
        """insert into channels_media (message_id, attachment_id, sha256)
           select m.id, %(attachment_id)s, %(sha256)s from channels_message m
           where m.id = %(message_id)s
               and m.attachments @> jsonb_build_array(jsonb_build_object('id', %(attachment_id)s::text))
           on conflict (message_id, attachment_id) do update set sha256 = excluded.sha256""",
        {"message_id": message_id, "attachment_id": attachment_id, "sha256": sha256},
    )
    if cursor.rowcount == 0:
        await cursor.execute(
            "update channels_media_blob set released_at = now() where sha256 = %s", (sha256,)
        )
        return False
    return True


async def release_files(cursor: Cursor, message_id: int) -> None:
    """Remove a deleted message's references and release their blobs."""
    await cursor.execute(
        """with deleted as (delete from channels_media where message_id = %s returning sha256)
           update channels_media_blob b set released_at = now() from deleted where b.sha256 = deleted.sha256""",
        (message_id,),
    )


AUTHORISED = f"""
    m.id = %(message_id)s and m.account_id = %(account_id)s
    and (%(chat_id)s::bigint is null or m.chat_id = %(chat_id)s)
    and exists (select from channels_account a
                join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
                join channels_chat c on c.id = m.chat_id
                where a.id = m.account_id and a.provider = %(provider)s and {sees()})"""
FETCH_FILE = f"""
    select {FILE_COLUMNS} from {SHOWN_FILE}
    where {AUTHORISED} and f.attachment_id = %(attachment_id)s and item->>'state' = 'stored'
    limit 1"""


class Wanted(NamedTuple):
    """An attachment and the user who asks for it; `chat_id` is None where the URL has no chat."""

    user_id: int
    provider: str
    account_id: int
    chat_id: int | None
    message_id: int
    attachment_id: str


async def fetch_file(cursor: Cursor, wanted: Wanted) -> StoredFile | None:
    """None if the attachment does not exist, is not the user's, or is not copied yet."""
    await cursor.execute(FETCH_FILE, wanted._asdict())
    row = await cursor.fetchone()
    return row and StoredFile(*row)


async def fetch_outgoing(cursor: Cursor, message_id: int) -> StoredFile | None:
    """The file of an outgoing message, which has at most one."""
    await cursor.execute(f"select {FILE_COLUMNS} from {SHOWN_FILE} where m.id = %s limit 1", (message_id,))
    row = await cursor.fetchone()
    return row and StoredFile(*row)


class Fetchable(NamedTuple):
    """An attachment to copy from UniPile."""

    message_id: int
    provider_msg_id: str
    attachment_id: str
    mimetype: str | None
    type: str


async def list_fetchable(cursor: Cursor, message_id: int) -> list[Fetchable]:
    """The attachments of a message that are not copied yet."""
    await cursor.execute(
        """select distinct m.id, m.provider_msg_id, item->>'id', item->>'mimetype', item->>'type'
           from channels_message m, jsonb_array_elements(m.attachments) item
           where m.id = %s and m.provider_msg_id is not null and item->>'state' = 'waiting'""",
        (message_id,),
    )
    return [Fetchable(*row) for row in await cursor.fetchall()]


async def list_lost_copies(cursor: Cursor, seconds: int, limit: int) -> list[int]:
    """Messages whose attachments have waited for `seconds`: the job that should copy them was lost."""
    await cursor.execute(
        """select id from channels_message
           where attachments @? '$[*] ? (@.state == "waiting")' and provider_msg_id is not null
               and updated_at < now() - make_interval(secs => %s)
           order by id limit %s""",
        (seconds, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


# Only a difference is a change, so a job that runs twice publishes once.
CHANGE_ATTACHMENT = Prepared(
    "change_attachment",
    f"""
    with target as (
        select t.id, (select jsonb_agg(case when item->>'id' = %(attachment_id)s::text
                                       then item || %(changes)s::jsonb else item end order by n)
                      from jsonb_array_elements(t.attachments) with ordinality as x (item, n)) as attachments
        from channels_message t where t.id = %(message_id)s
    ), m as (
        update channels_message t set attachments = target.attachments, seq = a.seq + 1, updated_at = now()
        from target, channels_account a
        where t.id = target.id and a.id = t.account_id and t.attachments <> target.attachments
        returning t.*
    ), {STORE_SEQ}
    select {CHANGED} from m""",
)


async def lock_account_of(cursor: Cursor, message_id: int) -> bool:
    """Lock the account of a message; False if the message does not exist."""
    await cursor.execute(
        """select a.id from channels_message m join channels_account a on a.id = m.account_id
           where m.id = %s for no key update of a""",
        (message_id,),
    )
    return await cursor.fetchone() is not None


async def change_attachment(
    cursor: Cursor, message_id: int, attachment_id: str, changes: Mapping[str, object]
) -> ChangedMessage | None:
    """Change these keys of an attachment; None if nothing differed. The account must be locked."""
    await CHANGE_ATTACHMENT.execute(
        cursor,
        {
            "message_id": message_id,
            "attachment_id": attachment_id,
            "changes": orjson.dumps(changes).decode(),
        },
    )
    row = await cursor.fetchone()
    return row and ChangedMessage(*row)


async def lock_and_change(
    cursor: Cursor, message_id: int, attachment_id: str, changes: Mapping[str, object]
) -> ChangedMessage | None:
    """Lock the account and change an attachment; None also if the message does not exist."""
    if not await lock_account_of(cursor, message_id):
        return None
    return await change_attachment(cursor, message_id, attachment_id, changes)


FETCH_STATE = f"""
    select {MESSAGE_JSON}, item->>'state', u.role from channels_message m
    join channels_account_member u on u.account_id = m.account_id and u.user_id = %(user_id)s
    join lateral jsonb_array_elements(m.attachments) item on item->>'id' = %(attachment_id)s
    where {AUTHORISED} limit 1"""


class Retryable(NamedTuple):
    """An attachment to copy again: its message, its state, and the role of the user who asks."""

    message_json: str
    state: str
    role: str


async def fetch_state(cursor: Cursor, wanted: Wanted) -> Retryable | None:
    """None if the attachment does not exist or is not the user's."""
    await cursor.execute(FETCH_STATE, wanted._asdict())
    row = await cursor.fetchone()
    return row and Retryable(*row)


async def lock_orphans(cursor: Cursor, hours: int, limit: int) -> list[str]:
    """Lock blobs that nothing refers to and that were not stored again for `hours`."""
    await cursor.execute(
        """select sha256 from channels_media_blob b
           where touched_at < now() - make_interval(hours => %s)
               and not exists (select from channels_media f where f.sha256 = b.sha256)
               and not exists (select from channels_contact k where k.avatar = b.sha256)
               and not exists (select from channels_export e where e.sha256 = b.sha256)
               and not exists (select from canned_reply_file r where r.sha256 = b.sha256)
               and not exists (select from contact_import i where i.sha256 = b.sha256)
           order by touched_at limit %s for update skip locked""",
        (hours, limit),
    )
    return [row[0] for row in await cursor.fetchall()]


class Released(NamedTuple):
    """A locked blob that a deleted message referred to; others may still use it."""

    sha256: str
    is_used: bool


async def lock_released(cursor: Cursor, seconds: float, limit: int) -> list[Released]:
    """Lock blobs released, and last touched, `seconds` ago: a writer touches a blob before it refers to it."""
    await cursor.execute(
        """select sha256, exists (select from channels_media f where f.sha256 = b.sha256)
               or exists (select from channels_contact k where k.avatar = b.sha256)
               or exists (select from channels_export e where e.sha256 = b.sha256)
               or exists (select from canned_reply_file r where r.sha256 = b.sha256)
               or exists (select from contact_import i where i.sha256 = b.sha256)
           from channels_media_blob b
           where released_at < now() - make_interval(secs => %(seconds)s)
               and touched_at < now() - make_interval(secs => %(seconds)s)
           order by released_at limit %(limit)s for update skip locked""",
        {"seconds": seconds, "limit": limit},
    )
    return [Released(*row) for row in await cursor.fetchall()]


async def upsert_blobs(cursor: Cursor, hashes: Sequence[str]) -> None:
    """Clear the release of blobs that another message uses."""
    await cursor.execute(
        "update channels_media_blob set released_at = null where sha256 = any(%s)", (list(hashes),)
    )


async def delete_blobs(cursor: Cursor, hashes: Sequence[str]) -> None:
    await cursor.execute("delete from channels_media_blob where sha256 = any(%s)", (list(hashes),))
