"""Early events: deletes ticks and amendments whose messages never arrived."""

from aiopg import Cursor

# Materialized, because a plan that evaluates the limited query again for each row would delete more than the limit.
# `skip locked`: a row that is being replaced by a newer report is no longer old.
PRUNE_RECEIPTS = """
    with old as materialized (
        select account_id, provider_msg_id from channels_receipt
        where created_at < now() - make_interval(days => %(days)s)
        order by created_at limit %(limit)s for update skip locked)
    delete from channels_receipt r using old
    where r.account_id = old.account_id and r.provider_msg_id = old.provider_msg_id"""
PRUNE_AMENDMENTS = """
    with old as materialized (
        select account_id, provider_msg_id, kind, person from channels_amendment
        where told_at < now() - make_interval(days => %(days)s)
        order by told_at limit %(limit)s for update skip locked)
    delete from channels_amendment e using old
    where e.account_id = old.account_id and e.provider_msg_id = old.provider_msg_id
        and e.kind = old.kind and e.person = old.person"""


async def prune_early_events(cursor: Cursor, days: int, limit: int) -> int:
    """Delete up to `limit` of each kind that are older than `days`; returns how many were deleted."""
    pruned = 0
    for statement in (PRUNE_RECEIPTS, PRUNE_AMENDMENTS):
        await cursor.execute(statement, {"days": days, "limit": limit})
        pruned += cursor.rowcount
    return pruned
