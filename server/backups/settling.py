"""Goes on from a restored backup: nothing that may have happened since its moment happens a second time."""

from dataclasses import dataclass

from aiopg import Cursor

from server.conversations.states import new_state
from server.errors import ConfabError
from server.messages import planning
from server.queue import REFRESH_ACCOUNT, SWEEP_ACCOUNT, enqueue
from server.redis.client import Client
from server.said.said import said
from server.store.accounts.sync_state import read_clock
from server.store.backups import settling
from server.store.conversations import chat_states
from server.store.db.database import Database
from server.store.people import audit
from server.store.people.audit import OPERATOR
from server.store.sending import planned

BATCH = 500
MISSED = ConfabError(
    "conflict",
    said("planned_missed"),
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was changed in the restored state; `account_ids`: connected accounts, which are to be swept."""

    sessions: int
    unconfirmed: int
    planned: int
    keys: int
    account_ids: list[int]


async def settle(cursor: Cursor, name: str, backup_at: str) -> Settled:
    """One transaction: after it this is a whole system."""
    await settling.list_accounts(cursor)
    await settling.begin_epoch(cursor)
    await settling.silence_due(cursor)
    # Before the restore's own time: rules act on nothing that is older (workers/automation/consumers.py).
    await _wake_snoozed(cursor)
    unconfirmed = await settling.leave_unconfirmed(cursor)
    missed = await _fail_planned(cursor)
    sessions = await settling.end_sessions(cursor)
    account_ids = await settling.request_sweeps(cursor)
    keys = await settling.count_valid_keys(cursor)
    details = {"backup": name, "sessions": sessions, "unconfirmed": unconfirmed, "planned": missed}
    await audit.record(cursor, "backup.restored", OPERATOR, None, details)
    await settling.finish_restoring(cursor, backup_at)
    return Settled(sessions, unconfirmed, missed, keys, account_ids)


async def _wake_snoozed(cursor: Cursor) -> None:
    while due := await chat_states.lock_snoozed(cursor, BATCH):
        rows = [
            new_state(chat, "woke", {}, status="open", snoozed_until=None, wakes_on_message=True)
            for chat in due
        ]
        await chat_states.set_states(cursor, rows, "system", None)


async def _fail_planned(cursor: Cursor) -> int:
    """Planned messages whose time has passed fail, and their authors are told."""
    failed = 0
    while due := await planned.list_due(cursor, BATCH):
        changed = [await planning.fail_due(cursor, planned_id, MISSED) for planned_id in due]
        failed += len(due)
        if None in changed:  # it would be listed for ever
            break
    return failed


async def request_reads(database: Database, redis: Client, account_ids: list[int]) -> None:
    """Ask for the state of each account, and for a sweep from the backup's moment on."""
    requested_at = await database.read(read_clock)
    for account_id in account_ids:
        await enqueue(redis, REFRESH_ACCOUNT, account_id)
        await enqueue(redis, SWEEP_ACCOUNT, account_id, requested_at)
