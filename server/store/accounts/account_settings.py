"""Settings of accounts."""

from typing import TypedDict

from aiopg import Cursor

from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ


class AccountSettings(TypedDict, total=False):
    """The settings to change on an account; what is absent stays. `retention_days` None: messages stay for good;
    `chat_limit` None: users get chats without a limit.
    """

    read_receipts: bool
    retention_days: int | None
    category_required: bool
    assignment_mode: str
    chat_limit: int | None


async def set_settings(cursor: Cursor, account_id: int, changes: AccountSettings) -> tuple[int, str] | None:
    """Change settings; returns (seq, account as pushed), or None if nothing differed. Locks the account."""
    await cursor.execute(
        f"""with changed as (
                select id, coalesce(%(read_receipts)s, read_receipts) as read_receipts,
                    coalesce(%(category_required)s, category_required) as category_required,
                    coalesce(%(assignment_mode)s, assignment_mode) as assignment_mode,
                    case when %(retains)s then %(retention_days)s else retention_days end as retention_days,
                    case when %(limits)s then %(chat_limit)s else chat_limit end as chat_limit
                from channels_account where id = %(id)s for no key update)
            update channels_account a
            set read_receipts = w.read_receipts, retention_days = w.retention_days,
                category_required = w.category_required, assignment_mode = w.assignment_mode, chat_limit = w.chat_limit,
                {OWN_SEQ}
            from changed w where a.id = w.id
                and (a.read_receipts, a.retention_days, a.category_required, a.assignment_mode, a.chat_limit)
                    is distinct from (w.read_receipts, w.retention_days, w.category_required, w.assignment_mode,
                        w.chat_limit)
            returning a.seq, {PUSHED_ACCOUNT_JSON}""",
        {
            "id": account_id,
            "read_receipts": changes.get("read_receipts"),
            "category_required": changes.get("category_required"),
            "assignment_mode": changes.get("assignment_mode"),
            "retains": "retention_days" in changes,
            "retention_days": changes.get("retention_days"),
            "limits": "chat_limit" in changes,
            "chat_limit": changes.get("chat_limit"),
        },
    )
    row = await cursor.fetchone()
    return row and (int(row[0]), str(row[1]))


async def bump_account(cursor: Cursor, account_id: int) -> tuple[int, str]:
    """Take a seq for what belongs to the account and is not in its row; returns (seq, account as pushed)."""
    await cursor.execute(
        f"update channels_account a set {OWN_SEQ} where a.id = %s returning a.seq, {PUSHED_ACCOUNT_JSON}",
        (account_id,),
    )
    row = await cursor.fetchone()
    return int(row[0]), str(row[1])
