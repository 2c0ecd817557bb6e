"""What decides who may do what, read in one query: the role in the team, and on one number."""

from aiopg import Cursor

from server.rules.policy import CallerRoles
from server.store.db.prepared import Prepared

FETCH_CALLER_ROLES = Prepared(
    "fetch_standing",
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
    """(e-mail, standing), or None when the person is absent or disabled."""
    await FETCH_CALLER_ROLES.execute(
        cursor, {"user_id": user_id, "provider": provider, "account_id": account_id}
    )
    row = await cursor.fetchone()
    return row and (row[0], CallerRoles(*row[1:]))
