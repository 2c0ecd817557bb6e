"""Files of canned replies: which blob each is, and what the app shows of it."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.conversations.canned_replies import VISIBLE, Reader


class ReplyFile(NamedTuple):
    """A stored file of a canned reply."""

    sha256: str
    size: int
    file_name: str | None


async def count_files(cursor: Cursor, reply_id: int) -> int:
    await cursor.execute("select count(*) from canned_reply_file where reply_id = %s", (reply_id,))
    return int((await cursor.fetchone())[0])


async def insert_file(
    cursor: Cursor, reply_id: int, sha256: str, file_id: str, attachment: Mapping[str, object]
) -> None:
    """Add a file whose blob is stored."""
    await cursor.execute(
        """insert into canned_reply_file (reply_id, file_id, sha256, attachment) values (%s, %s, %s, %s::jsonb)""",
        (reply_id, file_id, sha256, orjson.dumps(attachment).decode()),
    )
    await touch_reply(cursor, reply_id)


async def fetch_file(cursor: Cursor, reader: Reader, reply_id: int, file_id: str) -> ReplyFile | None:
    """None if there is none that the user may see."""
    await cursor.execute(
        f"""select f.sha256, b.size, f.attachment ->> 'file_name' from canned_reply r
            join canned_reply_file f on f.reply_id = r.id and f.file_id = %(file_id)s
            join channels_media_blob b on b.sha256 = f.sha256
            where r.id = %(id)s and {VISIBLE}""",
        {**reader._asdict(), "id": reply_id, "file_id": file_id},
    )
    row = await cursor.fetchone()
    return row and ReplyFile(*row)


async def delete_file(cursor: Cursor, reply_id: int, file_id: str) -> bool:
    """Remove a file and release its blob; False if there was none."""
    await cursor.execute(
        """with deleted as (
               delete from canned_reply_file where reply_id = %s and file_id = %s returning sha256)
           update channels_media_blob b set released_at = now() from deleted where b.sha256 = deleted.sha256""",
        (reply_id, file_id),
    )
    found = bool(cursor.rowcount)
    await touch_reply(cursor, reply_id)
    return found


async def touch_reply(cursor: Cursor, reply_id: int) -> None:
    """Note that it has changed."""
    await cursor.execute("update canned_reply set updated_at = now() where id = %s", (reply_id,))
