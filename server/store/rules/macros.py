"""Macros: actions that users run by hand; for all users, or for those of some teams."""

from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.rules.rules import Action

# Those that a user may see: also who created them, and admins.
VISIBLE = """
    (x.is_for_all or %(is_admin)s or x.created_by = %(user_id)s or exists (
        select from macro_team t join user_team_member m on m.team_id = t.team_id and m.user_id = %(user_id)s
        where t.macro_id = x.id))"""
MACRO_JSON = """
    row_to_json((select y from (select x.id, x.name, x.is_for_all,
        coalesce((select json_agg(json_build_object('id', n.id, 'name', n.name) order by lower(n.name), n.id)
            from macro_team t join user_team n on n.id = t.team_id where t.macro_id = x.id), '[]') as teams,
        x.actions, coalesce(%(is_admin)s or x.created_by = %(user_id)s, false) as may_change,
        (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = x.created_by) as created_by,
        rfc3339(x.created_at) as created_at, rfc3339(x.updated_at) as updated_at) y))::text"""


class MacroReader(NamedTuple):
    """A user, and whether they may see and change what others created."""

    user_id: int
    is_admin: bool


class MacroChanges(TypedDict, total=False):
    """What to change of a macro; what is absent stays. Without teams (None) it is for all users."""

    name: str
    team_ids: list[int] | None
    actions: list[Action]


class Macro(TypedDict):
    """A macro as it is stored; `team_ids` is None if it is for all users."""

    name: str
    team_ids: list[int] | None
    actions: list[Action]


class VisibleMacro(NamedTuple):
    """A macro that a user sees, and whether they may change it."""

    id: int
    macro: Macro
    may_change: bool


async def list_macros(cursor: Cursor, reader: MacroReader) -> list[str]:
    """Those that the user may see, as JSON, by name."""
    await cursor.execute(
        f"select {MACRO_JSON} from macro x where {VISIBLE} order by lower(x.name), x.id", reader._asdict()
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def fetch_macro_json(cursor: Cursor, reader: MacroReader, macro_id: int) -> str:
    """An existing macro as JSON. The caller authorises."""
    await cursor.execute(
        f"select {MACRO_JSON} from macro x where x.id = %(id)s", {**reader._asdict(), "id": macro_id}
    )
    return str((await cursor.fetchone())[0])


async def lock_macro(
    cursor: Cursor, reader: MacroReader, macro_id: int, *, for_update: bool
) -> VisibleMacro | None:
    """Lock a macro that the user may see; None if there is none."""
    await cursor.execute(
        f"""select x.name, case when not x.is_for_all then
                array(select t.team_id from macro_team t where t.macro_id = x.id order by 1) end, x.actions,
                coalesce(%(is_admin)s or x.created_by = %(user_id)s, false)
            from macro x where x.id = %(id)s and {VISIBLE} for {"update" if for_update else "share"} of x""",
        {**reader._asdict(), "id": macro_id},
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return VisibleMacro(macro_id, {"name": row[0], "team_ids": row[1], "actions": row[2]}, row[3])


async def count_macros(cursor: Cursor) -> int:
    """How many there are; others that add one wait for the commit."""
    await cursor.execute("select pg_advisory_xact_lock(hashtextextended('confab: macros', 0))")
    await cursor.execute("select count(*) from macro")
    return int((await cursor.fetchone())[0])


async def insert_macro(cursor: Cursor, macro: Macro, created_by: int) -> int:
    await cursor.execute(
        """insert into macro (name, is_for_all, actions, created_by)
           values (%(name)s, %(is_for_all)s, %(actions)s::jsonb, %(created_by)s) returning id""",
        {**_columns(macro), "created_by": created_by},
    )
    macro_id = int((await cursor.fetchone())[0])
    await _set_teams(cursor, macro_id, macro["team_ids"] or [])
    return macro_id


async def update_macro(cursor: Cursor, macro_id: int, macro: Macro) -> None:
    """Replace a locked macro."""
    await cursor.execute(
        """update macro set name = %(name)s, is_for_all = %(is_for_all)s, actions = %(actions)s::jsonb,
               updated_at = now() where id = %(id)s""",
        {**_columns(macro), "id": macro_id},
    )
    await _set_teams(cursor, macro_id, macro["team_ids"] or [])


async def delete_macro(cursor: Cursor, macro_id: int) -> None:
    await cursor.execute("delete from macro where id = %s", (macro_id,))


async def fetch_user_name(cursor: Cursor, user_id: int) -> str:
    """What the variables of a canned reply call the user who runs a macro."""
    await cursor.execute("select name from users where id = %s", (user_id,))
    return str((await cursor.fetchone())[0])


async def _set_teams(cursor: Cursor, macro_id: int, team_ids: list[int]) -> None:
    await cursor.execute(
        "delete from macro_team where macro_id = %s and team_id <> all(%s::bigint[])", (macro_id, team_ids)
    )
    await cursor.execute(
        """insert into macro_team (macro_id, team_id) select %s, t from unnest(%s::bigint[]) t
           on conflict do nothing""",
        (macro_id, team_ids),
    )


def _columns(macro: Macro) -> dict[str, object]:
    return {
        "name": macro["name"],
        "is_for_all": macro["team_ids"] is None,
        "actions": orjson.dumps(macro["actions"]).decode(),
    }
