"""The roles that decide what a caller may do, read in one query: in the team, and on one account."""

from aiopg import Cursor

from server.rules.policy import CallerRoles
from server.store.db.prepared import Prepared

FETCH_CALLER_ROLES = Prepared(
    "fetch_caller_roles",
    """select u.email, u.role, case when a.user_id = m.user_id then 'payer' else m.role end, a.id is not null
       from users u
       left join channels_account a on a.id = %(account_id)s::bigint and a.provider = %(provider)s::text
           and a.erasing_since is null
       left join channels_account_member m on m.account_id = a.id and m.user_id = u.id
       where u.id = %(user_id)s::bigint and u.is_active""",
)


async def fetch_caller_roles(
    cursor: Cursor, user_id: int, provider: str | None = None, account_id: int | None = None
) -> tuple[str, CallerRoles] | None:
    """(e-mail, roles); None if the user does not exist or is disabled. Without an account, or for one that is not the
    user's, the account's roles are empty.
    """
    await FETCH_CALLER_ROLES.execute(
        cursor, {"user_id": user_id, "provider": provider, "account_id": account_id}
    )
    row = await cursor.fetchone()
    return row and (row[0], CallerRoles(*row[1:]))
