"""Canned replies: a user's own and shared ones, who may see them, and how often they are used."""

from typing import NamedTuple, TypedDict

import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said

SHORTCUT_TAKEN = said("shortcut_taken")
# Of one user, and of all shared ones: a list has both.
MAX_OF_OWNER = 500

REPLY_JSON = """
    row_to_json((select x from (select r.id, r.name, r.shortcut, r.body as text, r.owner_id is null as shared,
        (select json_build_object('id', t.id, 'name', t.name) from user_team t where t.id = r.team_id) as team,
        coalesce((select json_agg(f.attachment order by f.added_at, f.file_id)
                  from canned_reply_file f where f.reply_id = r.id), '[]') as files,
        r.uses, rfc3339(r.last_used_at) as last_used_at,
        (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = r.created_by) as created_by,
        rfc3339(r.created_at) as created_at, rfc3339(r.updated_at) as updated_at) x))::text"""
VISIBLE = """
    (r.owner_id = %(user_id)s or r.owner_id is null and (r.team_id is null or r.created_by = %(user_id)s
        or %(is_admin)s or exists (select from user_team_member m
                                   where m.team_id = r.team_id and m.user_id = %(user_id)s)))"""


class Reader(NamedTuple):
    """A user, and whether they may see and delete what others share."""

    user_id: int
    is_admin: bool


class ReplyChanges(TypedDict, total=False):
    """What to change of a canned reply, or what a new one has; what is absent stays."""

    name: str
    shortcut: str | None
    text: str
    shared: bool
    team_id: int | None


class ReplyRow(TypedDict):
    """A valid row of an import; `team` is a name."""

    name: str
    shortcut: str | None
    text: str
    shared: bool
    team: str | None
    uses: int
    last_used_at: str | None


class NamedTeam(TypedDict):
    """A team as others show it."""

    id: int
    name: str


class ListedReply(TypedDict):
    """What an export has of a row of REPLY_JSON."""

    name: str
    shortcut: str | None
    text: str
    shared: bool
    team: NamedTeam | None
    uses: int
    last_used_at: str | None


class NewReply(TypedDict):
    """A canned reply to store; without an owner it is shared."""

    owner_id: int | None
    team_id: int | None
    name: str
    shortcut: str | None
    text: str


class StoredReply(NamedTuple):
    """A locked canned reply, as far as rules about it need."""

    id: int
    owner_id: int | None
    team_id: int | None
    created_by: int | None
    name: str
    shortcut: str | None
    text: str


async def list_replies(cursor: Cursor, reader: Reader) -> list[str]:
    """All that the user may see, as JSON: the most used first."""
    await cursor.execute(
        f"""select {REPLY_JSON} from canned_reply r where {VISIBLE}
            order by r.uses desc, r.last_used_at desc nulls last, lower(r.name), r.id limit {2 * MAX_OF_OWNER}""",
        reader._asdict(),
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def fetch_reply(cursor: Cursor, reader: Reader, reply_id: int) -> str | None:
    """One as JSON; None if there is none that the user may see."""
    await cursor.execute(
        f"select {REPLY_JSON} from canned_reply r where r.id = %(id)s and {VISIBLE}",
        {**reader._asdict(), "id": reply_id},
    )
    row = await cursor.fetchone()
    return row and str(row[0])


async def lock_reply(cursor: Cursor, reader: Reader, reply_id: int) -> StoredReply | None:
    """Lock one that the user may see; None if there is none."""
    await cursor.execute(
        f"""select r.id, r.owner_id, r.team_id, r.created_by, r.name, r.shortcut, r.body
            from canned_reply r where r.id = %(id)s and {VISIBLE} for update""",
        {**reader._asdict(), "id": reply_id},
    )
    row = await cursor.fetchone()
    return row and StoredReply(*row)


async def lock_free(cursor: Cursor, owner_id: int | None) -> int:
    """How many more this user, or (None) the team, may store; others that ask wait for the commit."""
    await cursor.execute("select pg_advisory_xact_lock(hashtextextended('confab: canned replies', 0))")
    await cursor.execute(
        "select count(*) from canned_reply where owner_id is not distinct from %s", (owner_id,)
    )
    return MAX_OF_OWNER - int((await cursor.fetchone())[0])


async def insert_reply(
    cursor: Cursor, new: NewReply, created_by: int, *, uses: int = 0, last_used_at: str | None = None
) -> int | None:
    """Insert one and return its id; None if its shortcut is taken."""
    await cursor.execute(
        """insert into canned_reply (owner_id, team_id, name, shortcut, body, created_by, uses, last_used_at)
           values (%(owner_id)s, %(team_id)s, %(name)s, %(shortcut)s, %(text)s, %(created_by)s, %(uses)s,
                   %(last_used_at)s)
           on conflict do nothing returning id""",
        {**new, "created_by": created_by, "uses": uses, "last_used_at": last_used_at},
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def update_reply(cursor: Cursor, reply_id: int, new: NewReply) -> None:
    """Replace what it says and who sees it; raises conflict if its shortcut is taken."""
    try:
        await cursor.execute(
            """update canned_reply set owner_id = %(owner_id)s, team_id = %(team_id)s, name = %(name)s,
                   shortcut = %(shortcut)s, body = %(text)s, updated_at = now() where id = %(id)s""",
            {**new, "id": reply_id},
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", SHORTCUT_TAKEN) from error


async def delete_reply(cursor: Cursor, reply_id: int) -> None:
    """Delete one and release its files."""
    await cursor.execute(
        """with deleted as (delete from canned_reply_file where reply_id = %s returning sha256)
           update channels_media_blob b set released_at = now() from deleted where b.sha256 = deleted.sha256""",
        (reply_id,),
    )
    await cursor.execute("delete from canned_reply where id = %s", (reply_id,))


async def count_use(cursor: Cursor, reader: Reader, reply_id: int) -> bool:
    """Count that it was inserted; False if there is none that the user may see."""
    await cursor.execute(
        f"update canned_reply r set uses = r.uses + 1, last_used_at = now() where r.id = %(id)s and {VISIBLE}",
        {**reader._asdict(), "id": reply_id},
    )
    return bool(cursor.rowcount)


async def find_team(cursor: Cursor, name: str) -> int | None:
    """The id of the team of this name."""
    await cursor.execute("select id from user_team where lower(name) = lower(%s)", (name,))
    row = await cursor.fetchone()
    return row and int(row[0])
