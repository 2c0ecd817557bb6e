"""The rules that are on: those of an account's events, and what is due for those that wait for a time."""

from typing import NamedTuple

from aiopg import Cursor

from server.store.rules.rules import TIME_EVENTS, Action, Condition


class ActiveRule(NamedTuple):
    """A rule as it runs."""

    id: int
    name: str
    event: str
    stops: bool
    conditions: list[Condition]
    actions: list[Action]


class DueRule(NamedTuple):
    """A time rule that is due for a chat; the key names the conversation and since when the chat waits."""

    account_id: int
    chat_id: int
    event_key: str
    rule: ActiveRule


ACTIVE = "r.id, r.name, r.event, r.stops, r.conditions, r.actions"


async def list_active(cursor: Cursor, account_id: int) -> list[ActiveRule]:
    """The rules of the account's events, in their order."""
    await cursor.execute(
        f"""select {ACTIVE} from rule r join rule_account x on x.rule_id = r.id
            where x.account_id = %s and r.is_on and r.event not in {TIME_EVENTS} order by r.position, r.id""",
        (account_id,),
    )
    return [ActiveRule(*row) for row in await cursor.fetchall()]


def _due(event: str, column: str) -> str:
    """Open chats that have waited long enough, of each rule those that have waited longest. What had waited as long
    when the rule was switched on is left alone.
    """
    key = f"concat('{event}:', c.conversation_id, ':', (extract(epoch from c.{column}) * 1000)::bigint)"
    return f"""
    select x.account_id, c.id as chat_id, c.key, r.position, {ACTIVE}
    from rule r join rule_account x on x.rule_id = r.id join channels_account a on a.id = x.account_id
    cross join lateral (
        select c.id, {key} as key from channels_chat c
        where c.account_id = x.account_id and c.status = 'open' and c.kind <> 'channel'
            and c.{column} <= now() - make_interval(mins => r.minutes)
            and c.{column} > r.on_since - make_interval(mins => r.minutes)
            and not exists (select from rule_run k where k.rule_id = r.id and k.event_key = {key})
        order by c.{column}, c.id limit %(of_each)s) c
    where r.is_on and r.event = '{event}' and a.erasing_since is null
        and (%(account_id)s::bigint is null or x.account_id = %(account_id)s)"""


LIST_DUE = f"""
    select account_id, chat_id, key, id, name, event, stops, conditions, actions from (
        {_due("unreplied", "waiting_since")} union all {_due("unassigned", "unassigned_since")}) due
    order by account_id, chat_id, key, position, id"""


async def list_due_accounts(cursor: Cursor) -> list[int]:
    """Accounts with chats for which a time rule is due."""
    await cursor.execute(LIST_DUE, {"account_id": None, "of_each": 1})
    return sorted({row[0] for row in await cursor.fetchall()})


async def list_due(cursor: Cursor, account_id: int, of_each: int) -> list[DueRule]:
    """What is due in the account: up to `of_each` chats of each rule, those of a chat in the rules' order. The account
    must be locked.
    """
    await cursor.execute(LIST_DUE, {"account_id": account_id, "of_each": of_each})
    return [DueRule(row[0], row[1], row[2], ActiveRule(*row[3:])) for row in await cursor.fetchall()]
