"""Who manages what several accounts share, as rules do: rows of a table `<name>` with a table `<name>_account`."""

from collections.abc import Sequence

from aiopg import Cursor


def is_managed_by(name: str, row: str) -> str:
    """Whether %(user_id)s owns an account of the row."""
    return f"""exists (select from {name}_account x
        join channels_account_member u on u.account_id = x.account_id and u.user_id = %(user_id)s and u.role = 'owner'
        where x.{name}_id = {row}.id)"""


def may_change(name: str, row: str) -> str:
    """Whether %(user_id)s owns all accounts of the row."""
    return f"""not exists (select from {name}_account x where x.{name}_id = {row}.id and not exists (
        select from channels_account_member u
        where u.account_id = x.account_id and u.user_id = %(user_id)s and u.role = 'owner'))"""


def managed_accounts(name: str, row: str) -> str:
    """Those of its accounts that %(user_id)s owns: accounts of others are not named."""
    return f"""array(select x.account_id from {name}_account x
        join channels_account_member u on u.account_id = x.account_id and u.user_id = %(user_id)s
        where x.{name}_id = {row}.id and u.role = 'owner' order by x.account_id)"""


async def set_accounts(cursor: Cursor, name: str, row_id: int, account_ids: Sequence[int]) -> None:
    """Replace the accounts of a locked row."""
    await cursor.execute(
        f"delete from {name}_account where {name}_id = %s and account_id <> all(%s::bigint[])",
        (row_id, list(account_ids)),
    )
    await cursor.execute(
        f"""insert into {name}_account ({name}_id, account_id) select %s, x from unnest(%s::bigint[]) x
            on conflict do nothing""",
        (row_id, list(account_ids)),
    )
