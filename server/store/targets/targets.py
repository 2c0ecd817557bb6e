"""Targets: who may manage them, their order, and in which accounts they are on."""

from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.rules.managing import is_managed_by, managed_accounts, may_change, set_accounts
from server.store.rules.rules import Condition


class TargetChanges(TypedDict, total=False):
    """What to change of a target; what is absent stays. `after_id` is what to put it after, None for the first."""

    name: str
    account_ids: list[int]
    is_on: bool
    conditions: list[Condition]
    first_reply_minutes: int | None
    next_reply_minutes: int | None
    close_minutes: int | None
    office_hours: bool
    after_id: int | None


class Target(TypedDict):
    """A target as it is stored."""

    name: str
    account_ids: list[int]
    is_on: bool
    conditions: list[Condition]
    first_reply_minutes: int | None
    next_reply_minutes: int | None
    close_minutes: int | None
    office_hours: bool


class ManagedTarget(NamedTuple):
    """A locked target, and whether the user owns all of its accounts."""

    target: Target
    may_change: bool


COLUMNS = (
    "g.is_on, g.conditions, g.first_reply_minutes, g.next_reply_minutes, g.close_minutes, g.office_hours"
)
MANAGED, MAY_CHANGE = is_managed_by("target", "g"), may_change("target", "g")
TARGET_JSON = f"""
    row_to_json((select x from (select g.id, g.name, g.position, {COLUMNS},
        {managed_accounts("target", "g")} as account_ids, {MAY_CHANGE} as may_change,
        (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = g.created_by) as created_by,
        rfc3339(g.created_at) as created_at, rfc3339(g.updated_at) as updated_at) x))::text"""


async def list_targets(cursor: Cursor, user_id: int) -> list[str]:
    """The targets of accounts that the user owns, as JSON, in the order in which they are tried."""
    await cursor.execute(
        f"select {TARGET_JSON} from target g where {MANAGED} order by g.position, g.id", {"user_id": user_id}
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def fetch_target_json(cursor: Cursor, user_id: int, target_id: int) -> str:
    """An existing target as JSON. The caller authorises."""
    values = {"user_id": user_id, "id": target_id}
    await cursor.execute(f"select {TARGET_JSON} from target g where g.id = %(id)s", values)
    return str((await cursor.fetchone())[0])


async def is_managed(cursor: Cursor, user_id: int, target_id: int) -> bool:
    """Whether there is such a target in an account that the user owns."""
    await cursor.execute(
        f"select exists (select from target g where g.id = %(id)s and {MANAGED})",
        {"user_id": user_id, "id": target_id},
    )
    return bool((await cursor.fetchone())[0])


async def lock_target(cursor: Cursor, user_id: int, target_id: int) -> ManagedTarget | None:
    """Lock a target of an account that the user owns; None if there is none."""
    await cursor.execute(
        f"""select g.name, array(select x.account_id from target_account x where x.target_id = g.id order by 1),
                {COLUMNS}, {MAY_CHANGE}
            from target g where g.id = %(id)s and {MANAGED} for update of g""",
        {"user_id": user_id, "id": target_id},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return ManagedTarget(Target(**dict(zip(Target.__annotations__, row[:-1], strict=True))), row[-1])  # type: ignore[typeddict-item]


async def lock_order(cursor: Cursor) -> None:
    """Let others who add, change or move targets wait for the commit."""
    await cursor.execute("select pg_advisory_xact_lock(hashtextextended('confab: targets', 0))")


async def count_targets(cursor: Cursor) -> int:
    """How many there are; those whose accounts were erased do not count."""
    await cursor.execute(
        "select count(*) from target g where exists (select from target_account x where x.target_id = g.id)"
    )
    return int((await cursor.fetchone())[0])


async def insert_target(cursor: Cursor, target: Target, created_by: int) -> int:
    """Insert a target after all others, and return its id. The order must be locked."""
    await cursor.execute(
        """insert into target (name, position, is_on, conditions, first_reply_minutes, next_reply_minutes,
               close_minutes, office_hours, created_by)
           select %(name)s, coalesce(max(g.position) + 1, 0), %(is_on)s, %(conditions)s::jsonb,
               %(first_reply_minutes)s, %(next_reply_minutes)s, %(close_minutes)s, %(office_hours)s, %(created_by)s
           from target g returning id""",
        {**_columns(target), "created_by": created_by},
    )
    target_id = int((await cursor.fetchone())[0])
    await set_accounts(cursor, "target", target_id, target["account_ids"])
    return target_id


async def update_target(cursor: Cursor, target_id: int, target: Target) -> None:
    """Replace a locked target."""
    await cursor.execute(
        """update target set name = %(name)s, is_on = %(is_on)s, conditions = %(conditions)s::jsonb,
               first_reply_minutes = %(first_reply_minutes)s, next_reply_minutes = %(next_reply_minutes)s,
               close_minutes = %(close_minutes)s, office_hours = %(office_hours)s, updated_at = now()
           where id = %(id)s""",
        {**_columns(target), "id": target_id},
    )
    await set_accounts(cursor, "target", target_id, target["account_ids"])


async def delete_target(cursor: Cursor, target_id: int) -> None:
    await cursor.execute("delete from target where id = %s", (target_id,))


async def move_target(cursor: Cursor, target_id: int, after_id: int | None) -> list[int]:
    """Put a target after another, or before all, and return the accounts of it and of those it has passed. The order
    must be locked.
    """
    await cursor.execute("select g.id from target g where g.id <> %s order by g.position, g.id", (target_id,))
    ids = [row[0] for row in await cursor.fetchall()]
    ids.insert(0 if after_id is None else ids.index(after_id) + 1, target_id)
    await cursor.execute(
        """with moved as (
               update target g set position = x.n
               from unnest(%s::bigint[]) with ordinality as x (id, n)
               where g.id = x.id and g.position <> x.n returning g.id)
           select distinct x.account_id from target_account x join moved on moved.id = x.target_id""",
        (ids,),
    )
    return [row[0] for row in await cursor.fetchall()]


def _columns(target: Target) -> dict[str, object]:
    return {**target, "conditions": orjson.dumps(target["conditions"]).decode()}
