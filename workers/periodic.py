"""The worker's periodic tasks: they queue what is due, and finish what a crash or an outage left behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from server.cancellation import end_tasks, is_ending
from server.errors import Unavailable, failure
from server.queue import SEND_CHAT, enqueue
from server.redis.reasons import UNREACHABLE
from server.said.said import said
from server.store.accounts import rejected
from server.store.contacts import contact_fields
from server.store.messages import early_events
from server.store.people import audit_pages, users
from server.store.sending import new_chats, send_outcomes
from workers import search_index
from workers.accounts import expired_pairings, restarts, states
from workers.assigning import assign_due
from workers.automation.consumers import Counting, follow_acting
from workers.automation.report_facts import recount_reports
from workers.automation.rules import prune_rule_runs, run_time_rules
from workers.automation.surveys import ask_due
from workers.automation.targets import alert_at_risk, follow_targets, recount_targets
from workers.backups import CHECK_SECONDS as BACKUP_CHECK_SECONDS
from workers.backups import make_due_backup
from workers.contact_imports import IMPORT_SECONDS, run_imports
from workers.context import Parts
from workers.media.avatars import queue_due_avatars
from workers.media.cleanup import clear_media, clear_released
from workers.media.copy import queue_due_copies
from workers.messages import verify_sends
from workers.messages.outcomes import settle_send
from workers.people import notifications
from workers.people.digests import queue_due_digests
from workers.people.mail import queue_due_mails
from workers.people.usage import (
    CHECK_SECONDS,
    MATCH_SECONDS,
    PUSH_SECONDS,
    UsagePushes,
    check_usage,
    match_plans,
)
from workers.people.webpushes import queue_due_webpushes
from workers.planned import send_planned
from workers.privacy.erase_accounts import erase_accounts
from workers.privacy.erase_contacts import erase_contacts
from workers.privacy.export import write_exports
from workers.privacy.retention import remove_old
from workers.snoozes import wake_snoozed
from workers.sync import sweeps

log = structlog.get_logger()

PERIODIC_SECONDS = 15.0
VERIFICATIONS_SECONDS = 5.0
SYNCS_SECONDS = 5.0
PAIRINGS_SECONDS = 15.0
RESTARTS_SECONDS = 2.0
COPY_CHECK_SECONDS = 60.0
CLEAR_MEDIA_SECONDS, CLEAR_RELEASED_SECONDS = 3600.0, 60.0
SESSIONS_SECONDS = 3600.0
PRUNE_SECONDS, PRUNE_BATCH = 3600.0, 1000
AVATAR_CHECK_SECONDS = 5.0
TOKENIZE_SECONDS = 5.0
MAIL_SECONDS = 1.0
DIGESTS_SECONDS, WEBPUSHES_SECONDS = 5.0, 1.0
SNOOZES_SECONDS = 1.0
ASSIGNING_SECONDS = 1.0
PLANNED_SECONDS = 1.0
FOLLOW_SECONDS, COUNT_SECONDS, RECOUNT_SECONDS = 0.5, 5.0, 5.0
TIME_RULES_SECONDS = 5.0
SURVEYS_SECONDS = 2.0
TARGETS_SECONDS, ALERTS_SECONDS, RECOUNT_TARGETS_SECONDS = 0.5, 2.0, 2.0
ERASE_SECONDS, EXPORT_SECONDS, REMOVE_OLD_SECONDS = 1.0, 1.0, 300.0
# Tasks with the same interval would always query Postgres at the same moment.
STAGGER_SECONDS = 0.01
Work = Callable[[Parts], Awaitable[None]]

WORKER_LOST = failure("worker_lost", said("unconfirmed_worker"))


@asynccontextmanager
async def periodic_tasks(parts: Parts) -> AsyncIterator[None]:
    """Run all periodic tasks until the block ends."""
    # These keep something for the life of this process.
    scheduled = [*PERIODIC_TASKS, (UsagePushes().push, PUSH_SECONDS), (Counting().follow, COUNT_SECONDS)]
    if parts.config.mail.is_on:
        scheduled += [(queue_due_mails, MAIL_SECONDS), (queue_due_digests, DIGESTS_SECONDS)]
    if parts.config.webpush.is_on:
        scheduled.append((queue_due_webpushes, WEBPUSHES_SECONDS))
    tasks = [
        asyncio.create_task(_repeat(parts, work, seconds, index * STAGGER_SECONDS))
        for index, (work, seconds) in enumerate(scheduled)
    ]
    try:
        yield
    finally:
        await end_tasks(tasks)


async def _repeat(parts: Parts, work: Work, seconds: float, first_seconds: float) -> None:
    await asyncio.sleep(first_seconds)
    while True:
        try:
            await work(parts)
        except (Unavailable, *UNREACHABLE) as error:
            # An outage is logged elsewhere; this would add several lines a second.
            log.debug("periodic_task_postponed", work=work.__name__, error=type(error).__name__)
        except Exception:
            log.exception("periodic_task_failed", work=work.__name__)  # the next run may succeed
        if is_ending():
            return
        await asyncio.sleep(seconds)


async def requeue_lost_sends(parts: Parts) -> None:
    """Queue sends again that were never attempted. One that was attempted by a dead worker is marked unconfirmed and
    verified, like every send with an unknown outcome.
    """
    seconds = parts.config.unipile.total_timeout_seconds + PERIODIC_SECONDS
    for message_id, chat_id, was_attempted in await parts.database.read(
        send_outcomes.list_lost_sends, int(seconds)
    ):
        if was_attempted:
            await settle_send(parts, message_id, "unconfirmed", error=WORKER_LOST)
        await enqueue(parts.redis, SEND_CHAT, chat_id)


async def prune_early_events(parts: Parts) -> None:
    """Delete early events whose messages never arrived, one batch a transaction."""
    days, pruned = parts.config.webhooks.keep_hints_days, 0
    while batch := await parts.database.write(early_events.prune_early_events, days, PRUNE_BATCH):
        pruned += batch
    if pruned:
        log.info("early_events_pruned", count=pruned)


async def prune_audit(parts: Parts) -> None:
    """Delete audit entries older than the configured retention, one batch a transaction."""
    days, pruned = parts.config.audit.keep_days, 0
    while days and (batch := await parts.database.write(audit_pages.prune, days, PRUNE_BATCH)):
        pruned += batch
    if pruned:
        log.info("audit_pruned", count=pruned)


async def prune_rejected(parts: Parts) -> None:
    """Delete rejected accounts that are no longer shown."""
    while await parts.database.write(rejected.prune_rejected, PRUNE_BATCH):
        pass


async def prune_new_chats(parts: Parts) -> None:
    """Delete new chats that no longer count, with what UniPile said of their phone numbers."""
    while await parts.database.write(new_chats.prune_new_chats, PRUNE_BATCH):
        pass


async def remove_deleted_fields(parts: Parts) -> None:
    """Remove the values of deleted fields of contacts, and deleted labels from contacts."""
    while not await parts.database.write(contact_fields.remove_deleted, PRUNE_BATCH):
        pass


async def delete_ended_sessions(parts: Parts) -> None:
    """Delete ended sessions, once all their tokens have expired."""
    await parts.database.write(
        users.delete_ended_sessions, parts.config.auth.access_token_seconds + SESSIONS_SECONDS
    )


# Every task with the seconds between two runs.
PERIODIC_TASKS: Sequence[tuple[Work, float]] = (
    (queue_due_avatars, AVATAR_CHECK_SECONDS),
    (requeue_lost_sends, PERIODIC_SECONDS),
    (verify_sends.queue_due_verifications, VERIFICATIONS_SECONDS),
    (sweeps.queue_due_syncs, SYNCS_SECONDS),
    (expired_pairings.drop_expired, PAIRINGS_SECONDS),
    (restarts.queue_due_restarts, RESTARTS_SECONDS),
    (states.queue_due_checks, PERIODIC_SECONDS),
    (queue_due_copies, COPY_CHECK_SECONDS),
    (clear_media, CLEAR_MEDIA_SECONDS),
    (clear_released, CLEAR_RELEASED_SECONDS),
    (delete_ended_sessions, SESSIONS_SECONDS),
    (prune_early_events, PRUNE_SECONDS),
    (prune_audit, PRUNE_SECONDS),
    (prune_rejected, PRUNE_SECONDS),
    (prune_new_chats, PRUNE_SECONDS),
    (remove_deleted_fields, PRUNE_SECONDS),
    (search_index.write_tokens, TOKENIZE_SECONDS),
    (make_due_backup, BACKUP_CHECK_SECONDS),
    (check_usage, CHECK_SECONDS),
    (match_plans, MATCH_SECONDS),
    (erase_contacts, ERASE_SECONDS),
    (erase_accounts, ERASE_SECONDS),
    (write_exports, EXPORT_SECONDS),
    (run_imports, IMPORT_SECONDS),
    (remove_old, REMOVE_OLD_SECONDS),
    (wake_snoozed, SNOOZES_SECONDS),
    (assign_due, ASSIGNING_SECONDS),
    (send_planned, PLANNED_SECONDS),
    (follow_acting, FOLLOW_SECONDS),
    (run_time_rules, TIME_RULES_SECONDS),
    (prune_rule_runs, PRUNE_SECONDS),
    (ask_due, SURVEYS_SECONDS),
    (recount_reports, RECOUNT_SECONDS),
    (follow_targets, TARGETS_SECONDS),
    (recount_targets, RECOUNT_TARGETS_SECONDS),
    (alert_at_risk, ALERTS_SECONDS),
    (notifications.publish_notifications, notifications.PUBLISH_SECONDS),
    (notifications.settle_taken, notifications.TAKEN_SECONDS),
    (notifications.prune_notifications, notifications.PRUNE_SECONDS),
)
