"""Recent changes of access: sessions that ended, users whose memberships changed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.sight import SIGHT, Sight, sight_of


class AccessChanges(NamedTuple):
    """`ended`: session ids (`key:<id>` for API keys). `moved`: ids of users whose memberships changed."""

    ended: frozenset[str]
    moved: frozenset[int]


LIST_ACCESS_CHANGES = """
    select id::text, null::bigint from sessions where revoked_at > now() - make_interval(secs => %(seconds)s)
    union all
    select 'key:' || id, null::bigint from api_key where revoked_at > now() - make_interval(secs => %(seconds)s)
    union all
    select null, id from users where accounts_changed_at > now() - make_interval(secs => %(seconds)s)"""


async def list_access_changes(cursor: Cursor, seconds: float) -> AccessChanges:
    """The changes of the last `seconds`, by the database's clock."""
    await cursor.execute(LIST_ACCESS_CHANGES, {"seconds": seconds})
    rows = await cursor.fetchall()
    return AccessChanges(
        frozenset(row[0] for row in rows if row[0] is not None),
        frozenset(row[1] for row in rows if row[1] is not None),
    )


async def list_memberships(cursor: Cursor, user_ids: Sequence[int]) -> dict[int, dict[int, Sight]]:
    """What each of these users sees of each of their accounts; users without any are missing."""
    await cursor.execute(
        f"select m.user_id, m.account_id, {SIGHT} from channels_account_member m where m.user_id = any(%s)",
        (list(user_ids),),
    )
    found: dict[int, dict[int, Sight]] = defaultdict(dict)
    for user_id, account_id, *sight in await cursor.fetchall():
        found[user_id][account_id] = sight_of(sight)
    return found


async def list_account_seqs(cursor: Cursor, user_id: int) -> list[tuple[int, int, Sight]]:
    """Id and seq of every account the user may see, by id, and what they see of it: what `join-user` joins."""
    await cursor.execute(
        f"""select a.id, a.seq, {SIGHT} from channels_account_member m join channels_account a on a.id = m.account_id
            where m.user_id = %s order by a.id""",
        (user_id,),
    )
    return [(row[0], row[1], sight_of(row[2:])) for row in await cursor.fetchall()]
