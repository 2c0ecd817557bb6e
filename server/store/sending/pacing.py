"""Pacing: how fast an account may send (unipile-api.md §10)."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.db.seq import STORE_SEQ
from server.store.messages.messages import CHANGED, ChangedMessage


class Delayed(NamedTuple):
    """A message that must wait for `seconds`; `changed` is the message to push if it was delayed just now."""

    seconds: float
    changed: ChangedMessage | None


# A token bucket stored as one time (GCRA): the bucket is full again at free_at, and allows a burst of `burst` before
# that. A message that is too early gets its own time, in the order of requests, and needs no second token.
TAKE_TURN = """
    insert into channels_pace as p (account_id, free_at)
    values (%(account_id)s, now() + make_interval(secs => %(spacing)s))
    on conflict (account_id) do update
        set free_at = greatest(p.free_at, now()) + make_interval(secs => %(spacing)s)
    returning extract(epoch from p.free_at - now()) - %(spacing)s * %(burst)s"""

SCHEDULE = f"""
    with m as (
        update channels_message t set scheduled_at = now() + make_interval(secs => %(seconds)s),
            seq = a.seq + 1, updated_at = now()
        from channels_account a where t.id = %(message_id)s and a.id = t.account_id
        returning t.*
    ), {STORE_SEQ}
    select {CHANGED} from m"""


async def delay_next(cursor: Cursor, chat_id: int, spacing_seconds: float, burst: int) -> Delayed | None:
    """Delay the chat's next message if its account has sent too much; None if it may go now. Locks the account, then
    the message. Messages behind it wait for it, so that a chat's messages stay in order.
    """
    head = await _lock_head(cursor, chat_id)
    if head is None:
        return None
    message_id, account_id, wait = head
    if wait is not None:
        return Delayed(wait, None) if wait > 0 else None
    await cursor.execute(
        TAKE_TURN, {"account_id": account_id, "spacing": float(spacing_seconds), "burst": burst}
    )
    seconds = float((await cursor.fetchone())[0])
    if seconds <= 0:
        await cursor.execute(
            "update channels_message set scheduled_at = '-infinity' where id = %s", (message_id,)
        )
        return None
    await cursor.execute(SCHEDULE, {"message_id": message_id, "seconds": seconds})
    return Delayed(seconds, ChangedMessage(*await cursor.fetchone()))


async def _lock_head(cursor: Cursor, chat_id: int) -> tuple[int, int, float | None] | None:
    """(message id, account id, seconds until its scheduled time); locks the account first, as all writers do."""
    await cursor.execute(
        """select from channels_account a join channels_chat c on c.account_id = a.id
           where c.id = %s for no key update of a""",
        (chat_id,),
    )
    await cursor.execute(
        """select id, account_id, case when isfinite(scheduled_at) then extract(epoch from scheduled_at - now())::float8
                                       when scheduled_at is not null then 0 end
           from channels_message where chat_id = %(chat_id)s and status = 'sending' and attempted_at is null
               and not exists (select from channels_message o where o.chat_id = %(chat_id)s
                               and o.status = 'sending' and o.attempted_at is not null)
           order by id limit 1 for update""",
        {"chat_id": chat_id},
    )
    row = await cursor.fetchone()
    return row and (row[0], row[1], row[2])
