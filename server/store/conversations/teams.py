"""Teams: groups of users that chats are assigned to, and what holds for all users."""

from collections.abc import Collection
from typing import TypedDict

import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said

TEAM_JSON = """
    row_to_json((select x from (select t.id, t.name,
        coalesce((select json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name, u.id)
                  from user_team_member m join users u on u.id = m.user_id
                  where m.team_id = t.id and u.is_active), '[]') as users,
        t.assignment_mode,
        rfc3339(t.created_at) as created_at) x))::text"""
NAME_TAKEN = said("team_name_taken")


class TeamSettings(TypedDict, total=False):
    """What holds for all users; what is absent stays."""

    answer_assigns: bool
    keep_archived: bool


async def can_answer(cursor: Cursor, account_id: int, user_id: int) -> bool:
    """Whether this is an active user who may write in the account."""
    await cursor.execute(
        """select exists (select from users u join channels_account_member m on m.user_id = u.id
               where u.id = %s and m.account_id = %s and u.is_active and u.role <> 'viewer' and m.role <> 'viewer')""",
        (user_id, account_id),
    )
    return bool((await cursor.fetchone())[0])


async def exists(cursor: Cursor, team_id: int) -> bool:
    await cursor.execute("select exists (select from user_team where id = %s)", (team_id,))
    return bool((await cursor.fetchone())[0])


async def list_teams(cursor: Cursor) -> list[str]:
    """All teams as JSON, by name."""
    await cursor.execute(f"select {TEAM_JSON} from user_team t order by lower(t.name), t.id")
    return [str(row[0]) for row in await cursor.fetchall()]


async def fetch_team(cursor: Cursor, team_id: int) -> str | None:
    """The team as JSON; None if there is none."""
    await cursor.execute(f"select {TEAM_JSON} from user_team t where t.id = %s", (team_id,))
    row = await cursor.fetchone()
    return row and str(row[0])


async def insert_team(cursor: Cursor, name: str) -> int:
    """Insert a team and return its id; raises conflict if the name is taken."""
    try:
        await cursor.execute("insert into user_team (name) values (%s) returning id", (name,))
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", NAME_TAKEN) from error
    return int((await cursor.fetchone())[0])


async def rename_team(cursor: Cursor, team_id: int, name: str) -> bool:
    """Rename a team; False if there is none. Raises conflict if the name is taken."""
    try:
        await cursor.execute(
            "update user_team set name = %s, updated_at = now() where id = %s", (name, team_id)
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", NAME_TAKEN) from error
    return bool(cursor.rowcount)


async def set_assignment_mode(cursor: Cursor, team_id: int, mode: str | None) -> None:
    """How chats of the team are handed out; None: as each account does."""
    await cursor.execute(
        "update user_team set assignment_mode = %s, updated_at = now() where id = %s", (mode, team_id)
    )


async def list_restricting(cursor: Cursor, team_id: int) -> set[int]:
    """The accounts in which a user of the team is restricted, and so sees its chats."""
    await cursor.execute(
        """select m.account_id from user_team_member t
           join channels_account_member m on m.user_id = t.user_id and m.is_restricted where t.team_id = %s""",
        (team_id,),
    )
    return {row[0] for row in await cursor.fetchall()}


async def set_team_users(cursor: Cursor, team_id: int, user_ids: Collection[int]) -> None:
    """Replace the users of a team; unknown users are left out."""
    ids = list(user_ids)
    await cursor.execute(
        "delete from user_team_member where team_id = %s and user_id <> all(%s)", (team_id, ids)
    )
    await cursor.execute(
        """insert into user_team_member (team_id, user_id) select %s, u.id from users u where u.id = any(%s)
           on conflict do nothing""",
        (team_id, ids),
    )


async def delete_team(cursor: Cursor, team_id: int) -> bool:
    """Delete a team; False if there was none. Chats stay with their users."""
    await cursor.execute("delete from user_team where id = %s", (team_id,))
    return bool(cursor.rowcount)


async def fetch_settings(cursor: Cursor) -> str:
    """The settings as JSON; the defaults where none has been changed."""
    await cursor.execute(
        """select json_build_object('answer_assigns', coalesce(bool_and(answer_assigns), true),
               'keep_archived', coalesce(bool_and(keep_archived), true))::text from team_settings"""
    )
    return str((await cursor.fetchone())[0])


async def change_settings(cursor: Cursor, changes: TeamSettings) -> None:
    """Change what is given."""
    await cursor.execute(
        """insert into team_settings as known (answer_assigns, keep_archived)
           values (coalesce(%(assigns)s, true), coalesce(%(keeps)s, true))
           on conflict (id) do update set answer_assigns = coalesce(%(assigns)s, known.answer_assigns),
               keep_archived = coalesce(%(keeps)s, known.keep_archived)""",
        {"assigns": changes.get("answer_assigns"), "keeps": changes.get("keep_archived")},
    )
