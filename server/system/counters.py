"""Compares what is counted as it changes with the rows, and asks for the secrets of erased data."""

from server.config import Config
from server.said.said import said
from server.store.chats.chat_counts import CountDrift, FilterDrift, list_count_drift, list_filter_drift
from server.store.db.database import Database
from server.store.plans.usage_checks import Drift, list_drift
from server.store.privacy.erasure_digests import NameHasher, count_missing_keys
from server.store.surveys import survey_lists
from server.system.findings import FAILED, OK, CheckName, Finding


async def check_counters(config: Config, database: Database) -> list[Finding]:
    """Erasure keys, and the counters of usage, chats and surveys; reads all rows."""
    hasher = NameHasher(config.secrets.erasure_keys)
    erased = _erasure_keys(await database.read(count_missing_keys, hasher))
    usage = _usage(await database.write(list_drift))
    chats, surveys = await database.read(list_count_drift), await database.read(survey_lists.list_count_drift)
    filters = await database.read(list_filter_drift)
    return [
        erased,
        usage,
        _counts("chat counts", "chat", [_chat_drift(one) for one in chats]),
        _counts("filter counts", "chat", [_filter_drift(one) for one in filters]),
        _counts("survey counts", "survey", [_survey_drift(one) for one in surveys]),
    ]


def _erasure_keys(missing: int) -> Finding:
    if not missing:
        return Finding("erasure keys", OK, said("erasure_keys_known"))
    return Finding("erasure keys", FAILED, said("erasure_keys_missing", secrets=missing))


def _usage(drift: list[Drift]) -> Finding:
    """Counters that differ from the rows are a bug to report, not values to correct by hand."""
    if not drift:
        return Finding("usage", OK, said("usage_matches"))
    worst = drift[0]
    message = said(
        "usage_differs",
        months=len(drift),
        user=f"{worst.user_id}",
        month=f"{worst.period_ym}",
        sent=worst.sent,
        rows_sent=worst.rows_sent,
        received=worst.received,
        rows_received=worst.rows_received,
    )
    return Finding("usage", FAILED, message)


def _counts(name: CheckName, subject: str, wrong: list[str]) -> Finding:
    """The same for counters of what is there; `wrong` says of each counter how it differs, the worst first."""
    if not wrong:
        return Finding(name, OK, said(f"{subject}_counts_match"))
    return Finding(name, FAILED, said(f"{subject}_counts_differ", counters=len(wrong), first=wrong[0]))


def _chat_drift(drift: CountDrift) -> str:
    return (
        f"account {drift.account_id}, {drift.status}, assignee {drift.assignee_id}: {drift.chats} of which "
        f"{drift.waiting} waiting (chats {drift.rows_chats}, {drift.rows_waiting})"
    )


def _filter_drift(drift: FilterDrift) -> str:
    return (
        f"account {drift.account_id}, {drift.filter}, {drift.status}, assignee {drift.assignee_id}, "
        f"team {drift.team_id}: {drift.chats} (chats {drift.rows_chats})"
    )


def _survey_drift(drift: survey_lists.CountDrift) -> str:
    return f"account {drift.account_id}, user {drift.user_id}, {drift.day}"
