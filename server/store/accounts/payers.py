"""The payer of an account: the user whose plan it uses and whose counters its messages raise."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ


class NewPayer(NamedTuple):
    """The user to whom an account is handed over."""

    name: str
    is_active: bool


async def make_owner(cursor: Cursor, account_id: int, user_id: int) -> NewPayer | None:
    """Make a member an owner of the account; None if the user is not a member. Locks the user, who cannot be removed,
    disabled, or lose a free account slot until the commit.
    """
    await cursor.execute(
        "update channels_account_member set role = 'owner' where account_id = %s and user_id = %s",
        (account_id, user_id),
    )
    if not cursor.rowcount:
        return None
    await cursor.execute("select name, is_active from users where id = %s for no key update", (user_id,))
    return NewPayer(*await cursor.fetchone())


async def set_payer(cursor: Cursor, account_id: int, user_id: int) -> tuple[int, str]:
    """Make an owner the payer of the account; returns (seq, account as pushed). The account is locked."""
    await cursor.execute(
        f"""update channels_account a
            set user_id = %s, {OWN_SEQ}
            where a.id = %s returning a.seq, {PUSHED_ACCOUNT_JSON}""",
        (user_id, account_id),
    )
    seq, shown = await cursor.fetchone()
    return int(seq), str(shown)
