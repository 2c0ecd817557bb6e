"""In whose name a number stands: the person whose plan it uses, and whose counters its messages raise."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ


class NewPayer(NamedTuple):
    """Somebody a number is to be handed to."""

    name: str
    is_active: bool


async def make_owner(cursor: Cursor, account_id: int, user_id: int) -> NewPayer | None:
    """Make a member an owner of the number; None when they are none. They are held to the commit: nobody takes them
    off, disables them or takes a place of theirs.
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
    """Let an owner of the number pay for it from now on; (seq, account as pushed). The account is locked."""
    await cursor.execute(
        f"""update channels_account a
            set user_id = %s, {OWN_SEQ}
            where a.id = %s returning a.seq, {PUSHED_ACCOUNT_JSON}""",
        (user_id, account_id),
    )
    seq, shown = await cursor.fetchone()
    return int(seq), str(shown)
