"""Which chats a restricted agent sees: the condition in every statement about a user's chats, and who may see a chat as
text that travels with its pushes (server/realtime/audience.py reads it).

An agent who is restricted in an account sees a chat of it only while they own it: it is assigned to them, or to a team
of theirs and to no user. The condition reads the member's row, never a cached role.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from aiopg import Cursor


def sees(chat: str = "c", *, user: str = "%(user_id)s", member: str = "u") -> str:
    """Whether `user` sees the chat; `member` is their row of `channels_account_member`, in the chat's account."""
    return f"(not {member}.is_restricted or {owns(chat, user)})"


def owns(chat: str, user: str = "%(user_id)s") -> str:
    """Whether the chat is the user's own, or of a team of theirs and no user's."""
    return f"""({chat}.assignee_id = {user} or {chat}.assignee_id is null and {chat}.team_id in (
        select own_team.team_id from user_team_member own_team where own_team.user_id = {user}))"""


def hides(chat: str = "c", *, user: str = "%(user_id)s", member: str = "u") -> str:
    """The opposite of `sees`, which is null for a chat without an owner."""
    return f"({sees(chat, user=user, member=member)} is not true)"


def sees_in_account(chat: str = "c") -> str:
    """The same for the chats of %(account_id)s. Its member is read once, however long the list is; the statement checks
    that there is one.
    """
    return f"""((select own.is_restricted from channels_account_member own
        where own.account_id = %(account_id)s and own.user_id = %(user_id)s) is false or {owns(chat)})"""


def audience(chat: str = "c") -> str:
    """Who may see the chat: `<assignee>:<team>:<user>@<seq>,…`, the last those from whom a change has hidden it."""
    return f"""concat({chat}.assignee_id, ':', {chat}.team_id, ':', case when {chat}.hidden_from is not null then (
        select string_agg(x.key || '@' || x.value, ',') from jsonb_each_text({chat}.hidden_from) x) end)"""


def audience_of(chat_id: str) -> str:
    """The same for the chat of this id; null if there is none."""
    return f"(select {audience('shown')} from channels_chat shown where shown.id = {chat_id})"


async def sees_now(cursor: Cursor, user_id: int, chat_id: int) -> bool:
    """Whether the user sees the chat. In a statement of its own, after the account was locked: a statement that waits
    for a lock reads the other rows as they were before.
    """
    await cursor.execute(
        f"""select exists (select from channels_chat c
                join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
                where c.id = %(chat_id)s and {sees()})""",
        {"user_id": user_id, "chat_id": chat_id},
    )
    return bool((await cursor.fetchone())[0])


def knows(contact: str = "k", *, member: str = "u") -> str:
    """Whether `%(user_id)s` sees a chat of the contact, or one that the contact wrote in."""
    return f"""(not {member}.is_restricted or exists (
        select from channels_contact_alias known join channels_chat c on c.account_id = known.account_id and {owns("c")}
        where known.contact_id = {contact}.id and (c.kind = 'direct' and c.address = known.alias or exists (
            select from channels_message m where m.chat_id = c.id and m.sender ->> 'provider_id' = known.alias))))"""


class Sight(NamedTuple):
    """What a member sees of an account: all of it, or as a restricted agent with these teams. Since `changed_seq`: who
    has read up to there knows what they may no longer know, or does not know what they may.
    """

    is_restricted: bool
    changed_seq: int
    team_ids: frozenset[int]

    def is_outdated(self, since: int) -> bool:
        """Whether who has read up to this seq must read everything again."""
        return since <= self.changed_seq


# Of a member `m`.
SIGHT = """m.is_restricted, m.sight_seq, case when m.is_restricted then array(
    select t.team_id from user_team_member t where t.user_id = m.user_id) end"""


def sight_of(row: Sequence[Any]) -> Sight:
    """The columns of `SIGHT`."""
    return Sight(row[0], row[1], frozenset(row[2] or ()))


async def fetch_sight(cursor: Cursor, user_id: int, account_id: int) -> Sight | None:
    """None if the user is not a member of the account."""
    await cursor.execute(
        f"select {SIGHT} from channels_account_member m where m.user_id = %s and m.account_id = %s",
        (user_id, account_id),
    )
    row = await cursor.fetchone()
    return row and sight_of(row)


async def list_seen(cursor: Cursor, user_id: int, chat_ids: Sequence[int]) -> set[int]:
    """Those of these chats that the user sees."""
    await cursor.execute(
        f"""select c.id from channels_chat c
            join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
            where c.id = any(%(chat_ids)s) and {sees()}""",
        {"user_id": user_id, "chat_ids": list(chat_ids)},
    )
    return {row[0] for row in await cursor.fetchall()}
