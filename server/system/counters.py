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
    filters = await database.read(list_filter_drift)
    return [
        erased,
        usage,
        _counts("chat counts", "chats", [_chat_drift(one) for one in chats]),
        _counts("filter counts", "chats", [_filter_drift(one) for one in filters]),
        _counts("survey counts", "surveys", [_survey_drift(one) for one in surveys]),
    ]


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


def _counts(name: str, subject: str, wrong: list[str]) -> Finding:
    """The same for counters of what is there; `wrong` says of each counter how it differs, the worst first."""
    if not wrong:
        return Finding(name, OK, f"counters match the {subject}")
    message = f"{len(wrong)} counters differ from the {subject}; {wrong[0]}; report this as a bug"
    return Finding(name, FAILED, message)


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
