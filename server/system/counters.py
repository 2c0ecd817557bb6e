"""Compares what is counted as it changes with the rows, and asks for the secrets of erased data."""

from server.config import Config
from server.store.chats.chat_counts import CountDrift, FilterDrift, list_count_drift, list_filter_drift
from server.store.db.database import Database
from server.store.plans.usage_checks import Drift, list_drift
from server.store.privacy.erasure_digests import NameHasher, count_missing_keys
from server.store.surveys import survey_lists
from server.system.findings import FAILED, OK, Finding


async def check_counters(config: Config, database: Database) -> list[Finding]:
    """Erasure keys, and the counters of usage, chats and surveys; reads all rows."""
    hasher = NameHasher(config.secrets.erasure_keys)
    erased = _erasure_keys(await database.read(count_missing_keys, hasher))
    usage = _usage(await database.write(list_drift))
    chats, surveys = await database.read(list_count_drift), await database.read(survey_lists.list_count_drift)
    filters = _filter_counts(await database.read(list_filter_drift))
    return [erased, usage, _chat_counts(chats), filters, _survey_counts(surveys)]


def _erasure_keys(missing: int) -> Finding:
    if not missing:
        return Finding("erasure keys", OK, "every secret of what was erased is known")
    message = (
        f"{missing} secrets with which data was erased are not set, so it can come back: put them into "
        "ERASE_SECRET_PREVIOUS, separated by commas"
    )
    return Finding("erasure keys", FAILED, message)


def _usage(drift: list[Drift]) -> Finding:
    """Counters that differ from the rows are a bug to report, not values to correct by hand."""
    if not drift:
        return Finding("usage", OK, "counters match the rows")
    worst = drift[0]
    message = (
        f"{len(drift)} months differ from the rows; user {worst.user_id} in {worst.period_ym}: "
        f"sent {worst.sent} (rows {worst.rows_sent}), received {worst.received} (rows {worst.rows_received}); "
        "report this as a bug"
    )
    return Finding("usage", FAILED, message)


def _chat_counts(drift: list[CountDrift]) -> Finding:
    """The same for the counters of open and snoozed chats."""
    if not drift:
        return Finding("chat counts", OK, "counters match the chats")
    worst = drift[0]
    message = (
        f"{len(drift)} counters differ from the chats; account {worst.account_id}, {worst.status}, assignee "
        f"{worst.assignee_id}: {worst.chats} of which {worst.waiting} waiting (chats {worst.rows_chats}, "
        f"{worst.rows_waiting}); report this as a bug"
    )
    return Finding("chat counts", FAILED, message)


def _filter_counts(drift: list[FilterDrift]) -> Finding:
    """The same for the counters of groups and archived chats."""
    if not drift:
        return Finding("filter counts", OK, "counters match the chats")
    worst = drift[0]
    message = (
        f"{len(drift)} counters differ from the chats; account {worst.account_id}, {worst.filter}, {worst.status}, "
        f"assignee {worst.assignee_id}, team {worst.team_id}: {worst.chats} (chats {worst.rows_chats}); "
        "report this as a bug"
    )
    return Finding("filter counts", FAILED, message)


def _survey_counts(drift: list[survey_lists.CountDrift]) -> Finding:
    """The same for the counters of surveys."""
    if not drift:
        return Finding("survey counts", OK, "counters match the surveys")
    worst = drift[0]
    message = (
        f"{len(drift)} counters differ from the surveys; account {worst.account_id}, user {worst.user_id}, "
        f"{worst.day}; report this as a bug"
    )
    return Finding("survey counts", FAILED, message)
