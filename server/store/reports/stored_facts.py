"""Facts as they are stored: what is stored of conversations, and the difference that a new computation makes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, cast

import orjson
from aiopg import Cursor

from server.rules.facts import Measure, NewFact, stored_time
from server.store.db.prepared import Prepared
from server.store.reports.fact_sources import Span

FACT_JSON = """
    row_to_json((select x from (select f.id, f.conversation_id, f.chat_id, f.measure, rfc3339(f.began_at) as began_at,
        rfc3339(f.at) as at, f.user_id, f.seconds, f.open_seconds, f.label_ids, f.team_id,
        f.promised_minutes, f.promised_office, f.is_met) x))::text"""


class StoredFact(NamedTuple):
    """A stored fact, and whether it is a reply of a turn that began before what is computed again."""

    id: int
    is_earlier: bool
    fact: NewFact


class Difference(NamedTuple):
    """What must be deleted and stored, so that the facts are those that were computed."""

    ids: list[int]
    facts: list[NewFact]


# Replies since the span's beginning: what was computed before it stays.
LIST_FACTS = Prepared(
    "list_report_facts",
    """
    select f.id, f.measure in ('reply', 'program_reply') and f.began_at < x.since,
        f.conversation_id, f.measure, f.key, f.account_id, f.chat_id, f.began_at, f.at, f.day, f.user_id, f.seconds,
        f.open_seconds, f.bucket, f.open_bucket, f.label_ids, f.team_id, f.promised_minutes, f.promised_office,
        f.is_met
    from jsonb_to_recordset(%(rows)s::jsonb) as x (id bigint, since timestamptz)
    cross join lateral (
        select t.* from report_fact t where t.conversation_id = x.id and t.at >= x.since
        union all
        select t.* from report_fact t where t.conversation_id = x.id and t.at < x.since and t.key = 0
        offset 0) f""",
)


async def list_facts(cursor: Cursor, spans: Sequence[Span]) -> list[StoredFact]:
    """The facts of these conversations, without replies from before the spans."""
    rows = [{"id": span.conversation.id, "since": span.since.isoformat()} for span in spans]
    await LIST_FACTS.execute(cursor, {"rows": orjson.dumps(rows).decode()})
    return [StoredFact(row[0], row[1], _fact(row[2:])) for row in await cursor.fetchall()]


def _fact(row: Sequence[Any]) -> NewFact:
    fact = cast(NewFact, dict(zip(NewFact.__annotations__, row, strict=True)))
    fact["began_at"], fact["at"] = stored_time(row[5]), stored_time(row[6])
    fact["day"] = row[7].isoformat()
    return fact


def difference(stored: Collection[StoredFact], computed: Collection[NewFact]) -> Difference:
    """Replies of turns that began earlier stay as they are, also when a part of the turn was computed again."""
    earlier = {_key(fact.fact) for fact in stored if fact.is_earlier}
    wanted = {_key(fact): fact for fact in computed if _key(fact) not in earlier}
    known = {_key(fact.fact): fact for fact in stored if not fact.is_earlier}
    return Difference(
        [fact.id for key, fact in known.items() if key not in wanted],
        [fact for key, fact in wanted.items() if key not in known or known[key].fact != fact],
    )


def _key(fact: NewFact) -> tuple[int, Measure, int]:
    return fact["conversation_id"], fact["measure"], fact["key"]


PUT_FACTS = Prepared(
    "put_report_facts",
    """
    insert into report_fact as f (conversation_id, measure, key, account_id, chat_id, began_at, at, day, user_id,
        seconds, open_seconds, bucket, open_bucket, label_ids, team_id, promised_minutes, promised_office, is_met)
    select x.* from jsonb_to_recordset(%(rows)s::jsonb) as x (conversation_id bigint, measure text, key bigint,
        account_id bigint, chat_id bigint, began_at timestamptz, at timestamptz, day date, user_id bigint,
        seconds integer, open_seconds integer, bucket integer, open_bucket integer, label_ids bigint[],
        team_id bigint, promised_minutes integer, promised_office boolean, is_met boolean)
    on conflict (conversation_id, measure, key) do update set began_at = excluded.began_at, at = excluded.at,
        day = excluded.day, user_id = excluded.user_id, seconds = excluded.seconds,
        open_seconds = excluded.open_seconds, bucket = excluded.bucket, open_bucket = excluded.open_bucket,
        label_ids = excluded.label_ids, team_id = excluded.team_id, promised_minutes = excluded.promised_minutes,
        promised_office = excluded.promised_office, is_met = excluded.is_met""",
)


async def store_difference(cursor: Cursor, changes: Difference) -> None:
    """Delete and store facts of an account whose reports are locked."""
    if changes.ids:
        await cursor.execute("delete from report_fact where id = any(%s)", (changes.ids,))
    if changes.facts:
        await PUT_FACTS.execute(cursor, {"rows": orjson.dumps(changes.facts).decode()})


class Belonging(NamedTuple):
    """The labels and the team of the facts of a conversation."""

    label_ids: Sequence[int]
    team_id: int | None


async def move_replies(cursor: Cursor, changed: Mapping[int, Belonging]) -> None:
    """Give all replies of these conversations their new labels and team, also those that were not computed again."""
    if not changed:
        return
    rows = [{"id": conversation_id, **own._asdict()} for conversation_id, own in changed.items()]
    await cursor.execute(
        """update report_fact f set label_ids = x.label_ids, team_id = x.team_id
           from jsonb_to_recordset(%s::jsonb) as x (id bigint, label_ids bigint[], team_id bigint)
           where f.conversation_id = x.id and (f.label_ids, f.team_id) is distinct from (x.label_ids, x.team_id)""",
        (orjson.dumps(rows).decode(),),
    )


async def delete_of_chats(cursor: Cursor, chat_ids: Collection[int]) -> None:
    """Delete all that reports have of these chats: their contact is erased."""
    for table in ("report_fact", "report_promise"):
        await cursor.execute(
            f"""delete from {table} where conversation_id in (
                   select v.id from channels_conversation v where v.chat_id = any(%s))""",
            (list(chat_ids),),
        )
