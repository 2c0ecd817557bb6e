"""Rules: who may manage them, their order, and in which accounts they are on."""

from collections.abc import Collection
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.rules.managing import is_managed_by, managed_accounts, may_change, set_accounts

# Those that wait for a time; the others follow events.
TIME_EVENTS = ("unreplied", "unassigned")
EVENTS = (
    *("message_in", "message_out", "send_failed", "opened", "assigned", "labelled", "unlabelled"),
    *("closed", "woke", *TIME_EVENTS),
)


class Condition(TypedDict):
    """What must hold: `test` by kind; `ids` of labels, users or teams, `texts` to be found, any of which suffices."""

    kind: str
    test: str
    ids: list[int]
    texts: list[str]


class Action(TypedDict):
    """What to do; fields that its kind does not have are None or empty."""

    kind: str
    user_id: int | None
    team_id: int | None
    label_id: int | None
    reply_id: int | None
    user_ids: list[int]
    text: str | None
    category: str | None
    minutes: int | None
    wake_on_message: bool


class RuleChanges(TypedDict, total=False):
    """What to change of a rule; what is absent stays. `after_id` is the rule to put it after, None for the first."""

    name: str
    account_ids: list[int]
    is_on: bool
    stops: bool
    event: str
    minutes: int | None
    conditions: list[Condition]
    actions: list[Action]
    after_id: int | None


class Rule(TypedDict):
    """A rule as it is stored."""

    name: str
    account_ids: list[int]
    is_on: bool
    stops: bool
    event: str
    minutes: int | None
    conditions: list[Condition]
    actions: list[Action]


class ManagedRule(NamedTuple):
    """A locked rule, and whether the user owns all of its accounts."""

    id: int
    rule: Rule
    may_change: bool


MANAGED, MAY_CHANGE = is_managed_by("rule", "r"), may_change("rule", "r")
RULE_JSON = f"""
    row_to_json((select x from (select r.id, r.name, r.is_on, r.stops, r.event, r.minutes, r.conditions, r.actions,
        {managed_accounts("rule", "r")} as account_ids,
        {MAY_CHANGE} as may_change,
        (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = r.created_by) as created_by,
        (select rfc3339(n.at) from rule_run n where n.rule_id = r.id and n.outcome <> 'unmatched'
         order by n.id desc limit 1) as last_run_at,
        rfc3339(r.created_at) as created_at, rfc3339(r.updated_at) as updated_at) x))::text"""


async def list_rules(cursor: Cursor, user_id: int) -> list[str]:
    """The rules of accounts that the user owns, as JSON, in the order in which they run."""
    await cursor.execute(
        f"select {RULE_JSON} from rule r where r.deleted_at is null and {MANAGED} order by r.position, r.id",
        {"user_id": user_id},
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def fetch_rule_json(cursor: Cursor, user_id: int, rule_id: int) -> str:
    """An existing rule as JSON. The caller authorises."""
    values = {"user_id": user_id, "id": rule_id}
    await cursor.execute(f"select {RULE_JSON} from rule r where r.id = %(id)s", values)
    return str((await cursor.fetchone())[0])


async def is_managed(cursor: Cursor, user_id: int, rule_id: int) -> bool:
    """Whether there is such a rule in an account that the user owns."""
    await cursor.execute(
        f"""select exists (select from rule r where r.id = %(id)s and r.deleted_at is null and {MANAGED})""",
        {"user_id": user_id, "id": rule_id},
    )
    return bool((await cursor.fetchone())[0])


async def lock_rule(cursor: Cursor, user_id: int, rule_id: int) -> ManagedRule | None:
    """Lock a rule of an account that the user owns; None if there is none."""
    await cursor.execute(
        f"""select r.name, array(select x.account_id from rule_account x where x.rule_id = r.id order by 1),
                r.is_on, r.stops, r.event, r.minutes, r.conditions, r.actions, {MAY_CHANGE}
            from rule r where r.id = %(id)s and r.deleted_at is null and {MANAGED} for update of r""",
        {"user_id": user_id, "id": rule_id},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    names = ("name", "account_ids", "is_on", "stops", "event", "minutes", "conditions", "actions")
    return ManagedRule(rule_id, Rule(**dict(zip(names, row[:8], strict=True))), row[8])  # type: ignore[typeddict-item]


async def lock_order(cursor: Cursor) -> None:
    """Let others who add or move rules wait for the commit."""
    await cursor.execute("select pg_advisory_xact_lock(hashtextextended('confab: rules', 0))")


async def count_rules(cursor: Cursor) -> int:
    """How many there are; those whose accounts were erased do not count."""
    await cursor.execute(
        """select count(*) from rule r where r.deleted_at is null
               and exists (select from rule_account x where x.rule_id = r.id)"""
    )
    return int((await cursor.fetchone())[0])


async def list_owned(cursor: Cursor, user_id: int, account_ids: Collection[int]) -> set[int]:
    """Those of these accounts that the user owns."""
    await cursor.execute(
        """select u.account_id from channels_account_member u
           where u.user_id = %s and u.role = 'owner' and u.account_id = any(%s)""",
        (user_id, list(account_ids)),
    )
    return {row[0] for row in await cursor.fetchall()}


async def insert_rule(cursor: Cursor, rule: Rule, created_by: int) -> int:
    """Insert a rule after all others, and return its id. The order must be locked."""
    await cursor.execute(
        """insert into rule (name, position, is_on, on_since, stops, event, minutes, conditions, actions, created_by)
           select %(name)s, coalesce(max(r.position) + 1, 0), %(is_on)s, case when %(is_on)s then now() end, %(stops)s,
               %(event)s, %(minutes)s, %(conditions)s::jsonb, %(actions)s::jsonb, %(created_by)s
           from rule r returning id""",
        {**_columns(rule), "created_by": created_by},
    )
    rule_id = int((await cursor.fetchone())[0])
    await set_accounts(cursor, "rule", rule_id, rule["account_ids"])
    return rule_id


async def update_rule(cursor: Cursor, rule_id: int, rule: Rule) -> None:
    """Replace a locked rule. What it waits for counts from when it was switched on, or got another time."""
    await cursor.execute(
        """update rule set name = %(name)s, is_on = %(is_on)s, stops = %(stops)s, event = %(event)s,
               minutes = %(minutes)s, conditions = %(conditions)s::jsonb, actions = %(actions)s::jsonb,
               on_since = case when not %(is_on)s then null
                   when is_on and event = %(event)s and minutes is not distinct from %(minutes)s then on_since
                   else now() end,
               updated_at = now()
           where id = %(id)s""",
        {**_columns(rule), "id": rule_id},
    )
    await set_accounts(cursor, "rule", rule_id, rule["account_ids"])


async def delete_rule(cursor: Cursor, rule_id: int) -> None:
    """Delete a locked rule; its name stays for what it did."""
    await cursor.execute(
        "update rule set deleted_at = now(), is_on = false, on_since = null where id = %s", (rule_id,)
    )
    await set_accounts(cursor, "rule", rule_id, ())


async def move_rule(cursor: Cursor, rule_id: int, after_id: int | None) -> None:
    """Put a rule after another, or before all. The order must be locked."""
    await cursor.execute(
        "select r.id from rule r where r.deleted_at is null and r.id <> %s order by r.position, r.id",
        (rule_id,),
    )
    ids = [row[0] for row in await cursor.fetchall()]
    ids.insert(0 if after_id is None else ids.index(after_id) + 1, rule_id)
    await cursor.execute(
        """update rule r set position = x.n
           from unnest(%s::bigint[]) with ordinality as x (id, n) where r.id = x.id and r.position <> x.n""",
        (ids,),
    )


# A cursor where a rule follows events, and none where none does any longer.
SYNC_CURSORS = f"""
    with wanted as (
        select a.id, a.seq, exists (select from rule_account x join rule r on r.id = x.rule_id
            where x.account_id = a.id and r.is_on and r.event not in {TIME_EVENTS}) as follows
        from channels_account a where a.id = any(%(account_ids)s)
    ), stopped as (
        delete from feed_cursor f using wanted w
        where not w.follows and f.consumer = %(consumer)s and f.account_id = w.id
    )
    insert into feed_cursor (consumer, account_id, seq)
    select %(consumer)s, w.id, w.seq from wanted w where w.follows order by w.id on conflict do nothing"""


async def sync_cursors(cursor: Cursor, consumer: str, account_ids: Collection[int]) -> None:
    """Let the consumer follow those of these accounts in which a rule needs it, from now on."""
    await cursor.execute(SYNC_CURSORS, {"consumer": consumer, "account_ids": sorted(account_ids)})


def _columns(rule: Rule) -> dict[str, object]:
    return {
        **rule,
        "conditions": orjson.dumps(rule["conditions"]).decode(),
        "actions": orjson.dumps(rule["actions"]).decode(),
    }
