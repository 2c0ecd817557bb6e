"""The runs of rules: one for each event or waiting period of a rule, with what became of its actions."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, TITLE
from server.store.chats.sight import sees
from server.store.db.keyset_pages import Page, page_of

STORED_DAYS = 90
# For exports and lists alike.
RUN_JSON = """
    row_to_json((select x from (select n.id, n.rule_id,
        (select r.name from rule r where r.id = n.rule_id) as rule, n.account_id, n.chat_id, n.event_seq, n.outcome,
        n.actions, rfc3339(n.at) as at) x))::text"""


class ActionError(TypedDict):
    """Why an action was left out."""

    code: str
    message: str


class ActionResult(TypedDict):
    """What became of an action."""

    kind: str
    error: ActionError | None


class NewRun(NamedTuple):
    """A run that begins; `event_key` names what it is for."""

    rule_id: int
    account_id: int
    chat_id: int
    event_key: str
    event_seq: int | None


async def begin_run(cursor: Cursor, run: NewRun) -> int | None:
    """Insert a run and return its id; None if the rule has run for this already."""
    await cursor.execute(
        """insert into rule_run (rule_id, account_id, chat_id, event_key, event_seq, outcome)
           values (%(rule_id)s, %(account_id)s, %(chat_id)s, %(event_key)s, %(event_seq)s, 'unmatched')
           on conflict (rule_id, event_key) do nothing returning id""",
        run._asdict(),
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def end_run(cursor: Cursor, run_id: int, outcome: str, actions: Sequence[ActionResult]) -> None:
    await cursor.execute(
        "update rule_run set outcome = %s, actions = %s::jsonb where id = %s",
        (outcome, orjson.dumps(actions).decode(), run_id),
    )


LIST_RUNS = f"""
    select row_to_json((select x from (select n.id, n.account_id, n.chat_id, {TITLE} as title, n.event_seq, n.outcome,
        n.actions, rfc3339(n.at) as at) x))::text, '', n.id
    from rule_run n join channels_chat c on c.id = n.chat_id {CHAT_JOINS}
    join channels_account_member u on u.account_id = n.account_id and u.user_id = %(user_id)s
    where n.rule_id = %(rule_id)s and n.outcome <> 'unmatched' and {sees()}
        and (%(before)s::bigint is null or n.id < %(before)s)
    order by n.id desc limit %(limit)s + 1"""


async def list_runs(cursor: Cursor, user_id: int, rule_id: int, *, limit: int, before: int | None) -> Page:
    """The runs of a rule in chats that the user sees, newest first."""
    await cursor.execute(
        LIST_RUNS, {"user_id": user_id, "rule_id": rule_id, "limit": limit, "before": before}
    )
    return page_of(await cursor.fetchall(), limit)


async def has_replied(cursor: Cursor, rule_id: int, chat_id: int, minutes: int) -> bool:
    """Whether the rule has written to the chat within this time."""
    await cursor.execute(
        """select exists (select from channels_message m where m.chat_id = %s and m.author_kind = 'rule'
               and m.author_id = %s and m.sent_at > now() - make_interval(mins => %s))""",
        (chat_id, rule_id, minutes),
    )
    return bool((await cursor.fetchone())[0])


async def prune_runs(cursor: Cursor, limit: int) -> int:
    """Delete old runs and return how many, at most `limit`. Those of time rules stay while the chat may still wait."""
    await cursor.execute(
        """delete from rule_run where id = any(array(
               select n.id from rule_run n where n.at < now() - make_interval(days => %s)
                   and (n.event_seq is not null or exists (
                       select from channels_chat c where c.id = n.chat_id and c.status = 'closed'))
               order by n.at limit %s))""",
        (STORED_DAYS, limit),
    )
    return int(cursor.rowcount)
