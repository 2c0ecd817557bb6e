"""What a page of an account's chats or messages depends on: a page is unchanged as long as its version is."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.db.prepared import Prepared


class PageVersion(NamedTuple):
    """The seq of the account's last change, and the version of the names of users, teams, API keys and rules."""

    seq: int
    names: int


# A restricted agent's pages depend on more: on their teams.
FETCH_PAGE_VERSION = Prepared(
    "fetch_page_version",
    """
    select a.seq, coalesce((select version from names_version), 0)
    from channels_account a
    join channels_account_member m on m.account_id = a.id and m.user_id = %(user_id)s and not m.is_restricted
    where a.id = %(account_id)s and a.provider = %(provider)s""",
)


async def fetch_page_version(
    cursor: Cursor, user_id: int, provider: str, account_id: int
) -> PageVersion | None:
    """None if the account is not the user's, or they see only their own chats in it."""
    await FETCH_PAGE_VERSION.execute(
        cursor, {"user_id": user_id, "provider": provider, "account_id": account_id}
    )
    row = await cursor.fetchone()
    return row and PageVersion(*row)
