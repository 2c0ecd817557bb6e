"""Turns the state of a backup's moment into one to go on from: nothing that may have happened since happens again."""

from collections.abc import Sequence

from aiopg import Cursor

from server.errors import failure
from server.said.said import said
from server.store.db.seq import epoch_floor
from server.store.rules.rules import TIME_EVENTS
from server.store.sending.outbox import settle_attempt

RESTORED = failure("restored", said("unconfirmed_restored"))
# What was queued or being sent may have been sent since: it counts as handed over when it was written, so that its
# verification at UniPile looks at all that was sent since.
TAKE_UNSENT = """
    with taken as (
        update channels_message set attempted_at = coalesce(attempted_at, sent_at), scheduled_at = null
        where status = 'sending' returning id, attempted_at
    ), recorded as (
        insert into channels_send_attempt (message_id, number, at)
        select t.id, 1 + (select count(*) from channels_send_attempt k
                          where k.message_id = t.id and k.outcome is not null), t.attempted_at
        from taken t
        on conflict (message_id, number) do nothing
    )
    select id from taken order by id"""


async def leave_unconfirmed(cursor: Cursor) -> int:
    """Turn every send that was on its way into an unconfirmed one, to be verified at once; returns how many."""
    await cursor.execute(TAKE_UNSENT)
    message_ids = [row[0] for row in await cursor.fetchall()]
    for message_id in message_ids:
        await settle_attempt(cursor, message_id, "unconfirmed", error=RESTORED, verify_seconds=0)
    return len(message_ids)


async def end_sessions(cursor: Cursor) -> int:
    """End all sessions, and drop links to reset a password, which may have been used; returns how many sessions."""
    await cursor.execute("delete from user_link where kind = 'reset'")
    await cursor.execute("update user_link set mail_due_at = null where mail_due_at is not null")
    await cursor.execute(
        "update sessions set revoked_at = now(), updated_at = now() where revoked_at is null"
    )
    return int(cursor.rowcount)


# What is due was told, or would be told too late.
SILENCE = (
    "delete from notification_due",
    "delete from webpush_delivery",
    "update notification set push_due_at = null where push_due_at is not null",
    """update notification_digest g set waiting_since = null, due_at = null, tries = 0, sending_since = null,
           sending_up_to = null, mailed_up_to = greatest(g.mailed_up_to, coalesce(
               (select max(n.id) from notification n where n.user_id = g.user_id), 0))""",
    "update channels_chat set target_alert_at = null where target_alert_at <= now()",
    "delete from channels_survey where due_at <= now() and asked_at is null",
    # What had waited as long by now is left alone, as when a rule is switched on.
    f"update rule set on_since = now() where is_on and event in {TIME_EVENTS}",
)


async def silence_due(cursor: Cursor) -> None:
    """Drop what would be pushed, mailed, asked or done by time rules for the time since the backup."""
    for statement in SILENCE:
        await cursor.execute(statement)


async def begin_epoch(cursor: Cursor) -> None:
    """Give the feeds of all accounts and users a new epoch: clients with cursors of before it read everything again."""
    floor = epoch_floor()
    await cursor.execute(
        "update channels_account set seq = greatest(seq + 1, %(floor)s), changed_seq = greatest(seq + 1, %(floor)s)",
        {"floor": floor},
    )
    await cursor.execute(
        """insert into user_feed as f (user_id, seq) select id, %s from users order by id
           on conflict (user_id) do update set seq = greatest(f.seq + 1, excluded.seq)""",
        (floor,),
    )


async def request_sweeps(cursor: Cursor) -> list[int]:
    """Make sweeps and imports of all accounts due at once; returns the accounts that are connected."""
    await cursor.execute(
        """update channels_account set sweep_due_at = now(), sweep_claimed_until = '-infinity', import_due_at = now(),
               import_claimed_until = '-infinity'"""
    )
    await cursor.execute("select id from channels_account where status = 'connected' order by id")
    return [row[0] for row in await cursor.fetchall()]


async def list_accounts(cursor: Cursor) -> Sequence[int]:
    """All accounts that are not erased, in the order in which they are locked."""
    await cursor.execute("select id from channels_account order by id for no key update")
    return [row[0] for row in await cursor.fetchall()]


async def count_valid_keys(cursor: Cursor) -> int:
    """How many API keys are valid: also those that were revoked after the backup."""
    await cursor.execute(
        """select count(*) from api_key where revoked_at is null and coalesce(expires_at > now(), true)"""
    )
    return int((await cursor.fetchone())[0])


async def finish_restoring(cursor: Cursor, backup_at: str) -> None:
    """Note when this was restored and from what; from now on it is a whole system, and another installation."""
    await cursor.execute(
        """insert into installation as i (restored_at, backup_at, late_before)
           select clock_timestamp(), %s, coalesce(sum(found_late), 0) from channels_account
           on conflict (is_only) do update set id = gen_random_uuid(), is_restoring = false,
               restored_at = excluded.restored_at, backup_at = excluded.backup_at,
               late_before = excluded.late_before""",
        (backup_at,),
    )
