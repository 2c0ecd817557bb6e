"""Accounts: who may see them, their state and their locks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.rules.account_states import NEXT_STATES, Seen
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared

# The account as REST and the socket show it; `role` is the caller's, and only REST has it.
ACCOUNT_JSON = """
    row_to_json((select x from (select
        a.id, a.provider, a.external_account_id, a.user_id as payer_id, a.status, a.status_reason,
        a.next_step, rfc3339(a.status_since) as status_since, a.restarts, a.name, a.phone, {role} a.seq,
        rfc3339(a.last_webhook_at) as last_webhook_at, rfc3339(a.last_sweep_at) as last_sweep_at, a.found_late,
        a.read_receipts, a.retention_days, a.category_required, a.assignment_mode, a.chat_limit,
        (select rfc3339(h.updated_at) from account_hours h where h.account_id = a.id) as hours_changed_at,
        (select rfc3339(max(r.updated_at)) from account_auto_reply r where r.account_id = a.id)
            as auto_replies_changed_at,
        case when a.new_chats_stopped_until > now() then rfc3339(a.new_chats_stopped_until) end
            as new_chats_stopped_until,
        case when a.messages_used_up_until > now() then rfc3339(a.messages_used_up_until) end
            as messages_used_up_until,
        a.import_state, a.imported_messages, rfc3339(a.oldest_gap_at) as oldest_gap_at, a.gap_seconds,
        rfc3339(a.created_at) as created_at, rfc3339(a.updated_at) as updated_at) x))::text"""
MEMBER_ACCOUNT_JSON = ACCOUNT_JSON.format(role="m.role, m.is_restricted as restricted,")
PUSHED_ACCOUNT_JSON = ACCOUNT_JSON.format(role="")

# The width of the column.
MAX_EXTERNAL_ID = 255


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account as a transaction has read it."""

    id: int
    external_account_id: str
    user_id: int
    status: str
    provider: str
    is_quiet: bool = False  # no webhook in the last second
    has_erased: bool = False
    retained_from: datetime | None = None  # older messages are not stored
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LockedAccount(FoundAccount):
    """An account whose row lock this transaction holds: no other writer takes a seq of it until the commit."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of the caller's, with their role, before a handler acts on it."""

    id: int
    external_account_id: str
    user_id: int
    status: str
    role: str
    is_pairing: bool  # never connected; a code is shown


LIST_ACCOUNTS = f"""
    select {MEMBER_ACCOUNT_JSON}, '', a.id
    from channels_account_member m join channels_account a on a.id = m.account_id
    where m.user_id = %(user_id)s and a.provider = %(provider)s and a.id > %(after)s
        and not (a.status = 'disconnected' and a.connected_at is null) -- its code was never scanned
        and (%(only)s::bigint[] is null or a.id = any(%(only)s))
    order by a.id limit %(limit)s + 1"""


async def list_accounts(
    cursor: Cursor,
    user_id: int,
    provider: str,
    limit: int,
    after: int,
    only: Collection[int] | None = None,
) -> Page:
    """The user's accounts, or those of them in `only`, by id."""
    await cursor.execute(
        LIST_ACCOUNTS,
        {
            "user_id": user_id,
            "provider": provider,
            "limit": limit,
            "after": after,
            "only": None if only is None else list(only),
        },
    )
    return page_of(await cursor.fetchall(), limit)


FETCH_ACCOUNT = f"""
    select {MEMBER_ACCOUNT_JSON}
    from channels_account_member m join channels_account a on a.id = m.account_id
    where m.user_id = %(user_id)s and a.id = %(account_id)s and a.provider = %(provider)s"""


async def fetch_account(cursor: Cursor, user_id: int, provider: str, account_id: int) -> str | None:
    """The account as JSON; None if it does not exist or is not the user's."""
    await cursor.execute(FETCH_ACCOUNT, {"user_id": user_id, "provider": provider, "account_id": account_id})
    row = await cursor.fetchone()
    return str(row[0]) if row else None


FETCH_OWN_ACCOUNT = """
    select a.id, a.external_account_id, a.user_id, a.status, m.role,
        a.status = 'connecting' and a.next_step = 'scan' and a.connected_at is null
    from channels_account_member m join channels_account a on a.id = m.account_id
    where m.user_id = %(user_id)s and a.id = %(account_id)s and a.provider = %(provider)s"""


async def fetch_own_account(
    cursor: Cursor, user_id: int, provider: str, account_id: int
) -> OwnAccount | None:
    """None if the account does not exist or is not the user's."""
    await cursor.execute(
        FETCH_OWN_ACCOUNT, {"user_id": user_id, "provider": provider, "account_id": account_id}
    )
    row = await cursor.fetchone()
    return row and OwnAccount(*row)


async def is_in_use(cursor: Cursor, provider: str, external_account_id: str) -> bool:
    """Whether this account of UniPile's is connected here, by any user."""
    await cursor.execute(
        """select from channels_account
           where provider = %s and external_account_id = %s and status <> 'disconnected'""",
        (provider, external_account_id),
    )
    return await cursor.fetchone() is not None


async def find_linked(cursor: Cursor, user_id: int, provider: str, external_account_id: str) -> int | None:
    """The id of this account if it is linked to this user and was not disconnected."""
    await cursor.execute(
        """select id from channels_account where provider = %s and external_account_id = %s and user_id = %s
               and status <> 'disconnected' and erasing_since is null""",
        (provider, external_account_id, user_id),
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def list_seqs(cursor: Cursor, account_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(account id, seq) of these accounts."""
    await cursor.execute("select id, seq from channels_account where id = any(%s)", (list(account_ids),))
    return [tuple(row) for row in await cursor.fetchall()]


# One statement: the account of this provider id, inserted if new, with its owner's membership.
TAKE_OVER_ACCOUNT = """
    with account as (
        insert into channels_account
            (user_id, provider, external_account_id, status, next_step, status_reason, name, phone)
        values (%(user_id)s, %(provider)s, %(external_account_id)s, %(status)s, %(next_step)s, %(reason)s,
            %(name)s, %(phone)s)
        on conflict (provider, external_account_id) do update
            set status = excluded.status, next_step = excluded.next_step, status_reason = excluded.status_reason,
                status_since = now(), attempted_at = now(), observations = channels_account.observations + 1,
                updated_at = now()
            where channels_account.user_id = excluded.user_id and channels_account.erasing_since is null
        returning id, user_id
    ), member as (
        insert into channels_account_member (account_id, user_id, role)
        select id, user_id, 'owner' from account
        on conflict do nothing
    )
    select id from account"""


async def take_over_account(
    cursor: Cursor,
    user_id: int,
    provider: str,
    external_account_id: str,
    *,
    seen: Seen,
    reason: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> int | None:
    """Insert an account for this user, or find it again, in the state that follows from `seen`; None if it is another
    user's. Safe to run twice.
    """
    target = NEXT_STATES[seen]
    await cursor.execute(
        TAKE_OVER_ACCOUNT,
        {
            "user_id": user_id,
            "provider": provider,
            "external_account_id": external_account_id,
            "status": target.status,
            "next_step": str(target.next_step),
            "reason": None if seen is Seen.WORKS else reason,
            "name": name,
            "phone": phone,
        },
    )
    row = await cursor.fetchone()
    return row and int(row[0])


LOCK_ACCOUNTS = Prepared(
    "lock_accounts",
    """select id, external_account_id, user_id, status, provider,
           coalesce(last_webhook_at, '-infinity') < now() - interval '1 second',
           has_erased, now() - make_interval(days => retention_days), name
       from channels_account where provider = %(provider)s and external_account_id = any(%(external_ids)s::text[])
           and erasing_since is null
       order by id for no key update""",
)


async def lock_accounts(
    cursor: Cursor, provider: str, external_ids: Sequence[str]
) -> dict[str, LockedAccount]:
    """Lock these accounts, in id order so that two batches cannot deadlock; returns them by external id, without those
    that are being erased.
    """
    await LOCK_ACCOUNTS.execute(cursor, {"provider": provider, "external_ids": list(external_ids)})
    return {row[1]: LockedAccount(*row) for row in await cursor.fetchall()}


class PushedAccount(NamedTuple):
    """An account as it was last pushed."""

    id: int
    seq: int
    json: str


async def fetch_pushed(
    cursor: Cursor, provider: str, external_ids: Sequence[str]
) -> dict[str, PushedAccount]:
    """These accounts as they were last pushed, by external id. The caller authorises."""
    await cursor.execute(
        f"""select a.external_account_id, a.id, a.changed_seq, {PUSHED_ACCOUNT_JSON}
            from channels_account a where a.provider = %s and a.external_account_id = any(%s)""",
        (provider, list(external_ids)),
    )
    return {row[0]: PushedAccount(*row[1:]) for row in await cursor.fetchall()}


FIND_ACCOUNT = """
    select id, external_account_id, user_id, status, provider, false, has_erased,
        now() - make_interval(days => retention_days), name
    from channels_account where id = %s and erasing_since is null"""


async def lock_account(cursor: Cursor, account_id: int) -> LockedAccount | None:
    """Lock one account; None also if it is being erased."""
    await cursor.execute(f"{FIND_ACCOUNT} for no key update", (account_id,))
    row = await cursor.fetchone()
    return row and LockedAccount(*row)


async def find_account(cursor: Cursor, account_id: int) -> FoundAccount | None:
    """The same without the lock, for what takes no seq."""
    await cursor.execute(FIND_ACCOUNT, (account_id,))
    row = await cursor.fetchone()
    return row and FoundAccount(*row)


NOTE_WEBHOOKS = Prepared(
    "note_webhooks",
    "update channels_account set last_webhook_at = now() where id = any(%(account_ids)s::bigint[])",
)


async def note_webhooks(cursor: Cursor, account_ids: Sequence[int]) -> None:
    """Record that a webhook for these accounts has arrived."""
    await NOTE_WEBHOOKS.execute_later(cursor, {"account_ids": list(account_ids)})


async def list_for_push(cursor: Cursor, account_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """(id, seq of the last change of its row, account as pushed) of these accounts. The caller authorises."""
    await cursor.execute(
        f"select a.id, a.changed_seq, {PUSHED_ACCOUNT_JSON} from channels_account a where a.id = any(%s)",
        (list(account_ids),),
    )
    return [tuple(row) for row in await cursor.fetchall()]


async def fetch_account_for_push(cursor: Cursor, account_id: int) -> tuple[int, str] | None:
    """(seq, account as pushed); None if it does not exist. The caller authorises."""
    await cursor.execute(
        f"select a.seq, {PUSHED_ACCOUNT_JSON} from channels_account a where a.id = %s", (account_id,)
    )
    row = await cursor.fetchone()
    return row and (int(row[0]), str(row[1]))
