"""Who asks for a page of an account's chats or messages, and what the page depends on: it is unchanged as long as its
version is. One statement, for all requests that wait.
"""

from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.rules.policy import CallerRoles
from server.store.db.prepared import Prepared


class PageReader(NamedTuple):
    """A user who asks for a page of an account."""

    user_id: int
    provider: str
    account_id: int


class PageVersion(NamedTuple):
    """The seq of the account's last change, and the version of the names of users, teams, API keys and rules."""

    seq: int
    names: int


class PageCheck(NamedTuple):
    """The user's e-mail and roles; `version` is None if the account is not theirs, or if they see only their own chats
    in it: a restricted agent's pages depend on more, such as their teams.
    """

    email: str
    roles: CallerRoles
    version: PageVersion | None


# Row by row: a plan made while the tables are small must not read them whole when they have grown (ADR 5).
FETCH_PAGE_CHECKS = """
    select u.email, u.role, m.role, a.id is not null, case when not m.is_restricted then a.seq end,
        coalesce((select version from names_version), 0)
    from {asked}
    left join lateral (
        select k.id, k.email, k.role from users k where k.id = asked.user_id and k.is_active limit 1) u on true
    left join lateral (
        select k.id, k.seq, k.user_id from channels_account k
        where k.id = asked.account_id and k.provider = asked.provider and k.erasing_since is null limit 1) a on true
    left join lateral (
        select case when k.user_id = a.user_id then 'payer' else k.role end as role, k.is_restricted
        from channels_account_member k where k.account_id = a.id and k.user_id = u.id limit 1) m on true
    order by asked.n"""
# One reader is cheaper so (50 µs instead of 75), and of several each costs a third of that.
FETCH_ONE = Prepared(
    "fetch_page_check",
    FETCH_PAGE_CHECKS.format(
        asked="""(select %(user_id)s::bigint as user_id, %(provider)s::text as provider,
            %(account_id)s::bigint as account_id, 1 as n) asked"""
    ),
)
FETCH_SEVERAL = Prepared(
    "fetch_page_checks",
    FETCH_PAGE_CHECKS.format(
        asked="""unnest(%(user_ids)s::bigint[], %(providers)s::text[], %(account_ids)s::bigint[])
            with ordinality asked (user_id, provider, account_id, n)"""
    ),
)


async def fetch_page_checks(cursor: Cursor, readers: Sequence[PageReader]) -> list[PageCheck | None]:
    """One for each reader; None for a user who does not exist or is disabled."""
    if len(readers) == 1:
        await FETCH_ONE.execute(cursor, readers[0]._asdict())
    else:
        user_ids, providers, account_ids = (list(column) for column in zip(*readers, strict=True))
        await FETCH_SEVERAL.execute(
            cursor, {"user_ids": user_ids, "providers": providers, "account_ids": account_ids}
        )
    return [_check_of(*row) for row in await cursor.fetchall()]


def _check_of(
    email: str | None, role: str, account_role: str | None, exists: bool, seq: int | None, names: int
) -> PageCheck | None:
    if email is None:
        return None
    return PageCheck(
        email, CallerRoles(role, account_role, exists), None if seq is None else PageVersion(seq, names)
    )
