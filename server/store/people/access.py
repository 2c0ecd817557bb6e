"""Recent changes of access: sessions that ended, users whose memberships changed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor


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


async def list_memberships(cursor: Cursor, user_ids: Sequence[int]) -> dict[int, set[int]]:
    """The account ids of each of these users; users without any are missing."""
    await cursor.execute(
        "select user_id, account_id from channels_account_member where user_id = any(%s)", (list(user_ids),)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, account_id in await cursor.fetchall():
        found[user_id].add(account_id)
    return found
