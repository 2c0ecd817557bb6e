"""The list of an account's chats: filtered, and ordered by the last message, by who waits, or by targets."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chats import CHAT_FIELDS, CHAT_LOOKUPS, CONTACT_JOINS, IS_NAMED, named_like
from server.store.chats.sight import sees_in_account
from server.store.db.json_rows import ROW_JSON, row_of
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared

# The page is found before the rest of its chats is read, so that a list without an index for its order reads that of no
# other chat.
LIST_CHATS = f"""
    select {ROW_JSON}, rfc3339({{time}}), c.id
    from (
        select c.* from channels_chat c {{joins}}
        where c.account_id = %(account_id)s {{conditions}}
            and exists (select from channels_account_member m join channels_account a on a.id = m.account_id
                        where m.account_id = %(account_id)s and m.user_id = %(user_id)s and a.provider = %(provider)s)
            and {sees_in_account()}
        order by {{order}}
        limit %(limit)s + 1) c {CHAT_LOOKUPS} {row_of(CHAT_FIELDS)}
    order by {{order}}"""
# As on a phone that keeps chats archived: a new message does not unarchive a chat. Archived chats are counted apart.
FILTERS: Mapping[str | None, str] = {
    None: "and not c.archived",
    "unread": "and c.unread_count > 0 and not c.archived",
    "archived": "and c.archived",
    "groups": "and c.kind = 'group' and not c.archived",
    "pinned": "and c.pinned and not c.archived",
}
# The words `status <> 'closed'` let the planner use the indexes of open chats.
STATUSES: Mapping[str | None, str] = {
    None: "",
    "open": "and c.status <> 'closed' and c.status = 'open'",
    "snoozed": "and c.status <> 'closed' and c.status = 'snoozed'",
    "closed": "and c.status = 'closed'",
}
OWNERS: Mapping[str | None, str] = {
    None: "",
    "none": "and c.assignee_id is null",
    "user": "and c.assignee_id = %(assignee_id)s",
}
# With a mention in a note of the conversation that is open now.
MENTIONED = """
    and c.status <> 'closed' and exists (
        select from channels_note_mention w join channels_note n on n.id = w.note_id
        where w.chat_id = c.id and w.user_id = %(user_id)s and n.conversation_id = c.conversation_id)"""


# All of these labels: shared ones, or private ones of the viewer.
LABELLED = """and c.id in (
    select x.chat_id from channels_chat_label x
    where x.label_id = any(%(labels)s::bigint[]) and x.account_id = {accounts}
        and (x.owner_id is null or x.owner_id = %(viewer_id)s)
    group by x.chat_id having count(*) = cardinality(%(labels)s::bigint[]))"""
# An index has chats with a target by when it is breached.
TARGETS: Mapping[str | None, str] = {
    None: "",
    "at_risk": "and c.target_due_at > now() and c.target_at_risk_at <= now()",
    "breached": "and c.target_due_at <= now()",
}
# No closed chat waits; saying so lets the planner use the indexes of the others.
WAITING = """and c.status <> 'closed'
    and c.waiting_since <= now() - make_interval(mins => %(waiting_minutes)s::integer)"""


class Order(NamedTuple):
    """An order of the list: its key, and the chats after a position."""

    time: str
    order: str
    after: str
    condition: str = ""


LAST = "coalesce(c.last_message_at, c.created_at)"
AFTER = "(%(after_time)s::timestamptz, %(after_id)s)"
ORDERS: Mapping[str, Order] = {
    "recent": Order(LAST, f"{LAST} desc, c.id desc", f"and ({LAST}, c.id) < {AFTER}"),
    "waiting": Order(
        "c.waiting_since",
        "c.waiting_since, c.id",
        f"and (c.waiting_since, c.id) > {AFTER}",
        "and c.waiting_since is not null",
    ),
    "due": Order(
        "c.target_due_at",
        "c.target_due_at, c.id",
        f"and (c.target_due_at, c.id) > {AFTER}",
        "and c.target_due_at is not null",
    ),
}


class ChatListQuery(NamedTuple):
    """Which chats, in which order; None does not filter. `assignee_id` 0: chats without one. `is_mentioned`: a note of
    their open conversation mentions the user. `target`: at_risk or breached.
    """

    chosen: str | None = None
    status: str | None = None
    assignee_id: int | None = None
    team_id: int | None = None
    sort: str = "recent"
    named: str | None = None
    labels: tuple[int, ...] = ()
    # Who sees private labels; 0: only shared ones.
    viewer_id: int = 0
    waiting_minutes: int | None = None
    is_mentioned: bool = False
    target: str | None = None

    @property
    def is_of_account(self) -> bool:
        """Whether the chats depend on the account's rows alone: neither on the time, nor on who asks."""
        return not (
            self.named
            or self.labels
            or self.waiting_minutes is not None
            or self.is_mentioned
            or self.target is not None
        )

    @property
    def owner(self) -> str | None:
        return None if self.assignee_id is None else "user" if self.assignee_id else "none"


def shape_of(query: ChatListQuery) -> tuple[object, ...]:
    """What the conditions of a query depend on, besides parameters."""
    return (
        query.chosen,
        query.status,
        query.owner,
        query.team_id is not None,
        bool(query.labels),
        query.waiting_minutes is not None,
        query.is_mentioned,
        query.target,
    )


def conditions_of(query: ChatListQuery, accounts: str) -> tuple[str, ...]:
    """The conditions of a query; `accounts` is what `account_id` of a label equals."""
    return (
        FILTERS[query.chosen],
        STATUSES[query.status],
        OWNERS[query.owner],
        "and c.team_id = %(team_id)s" if query.team_id is not None else "",
        LABELLED.format(accounts=accounts) if query.labels else "",
        WAITING if query.waiting_minutes is not None else "",
        MENTIONED if query.is_mentioned else "",
        TARGETS[query.target],
    )


def parameters_of(query: ChatListQuery) -> dict[str, object]:
    """The parameters of these conditions."""
    return {
        "assignee_id": query.assignee_id,
        "team_id": query.team_id,
        "labels": list(query.labels),
        "viewer_id": query.viewer_id,
        "waiting_minutes": query.waiting_minutes,
    }


# A text that few chats have is found in the contacts and titles first: joining each chat with its contact takes a
# second for 50,000 chats. One that many chats have fills a page soon, chat by chat.
MOST_NAMED = 2000
# All chats that `IS_NAMED` could find, and a few more; a null if there are more contacts than that, whose chats are not
# all here. The patterns of numbers are compared with the whole address.
LIST_NAMED = """
    with wanted as materialized (select %(accounts)s::bigint[] as accounts), person as materialized (
        select k.id, k.account_id from channels_contact k, wanted
        where k.account_id = any(wanted.accounts)
            and (k.folded like %(named)s::text or k.phone like any(%(phones)s::text[]))
        limit %(limit)s + 1
    ), few as materialized (select from person having count(*) <= %(limit)s)
    select c.id from few cross join person p join channels_contact_alias a on a.contact_id = p.id
    cross join lateral (
        select t.id from channels_chat t
        where t.account_id = p.account_id and t.address = a.alias and t.kind = 'direct' limit 1) c
    union
    (select c.id from few, channels_chat c, wanted
     where c.account_id = any(wanted.accounts)
        and (c.folded like %(named)s::text or c.address like any(%(addresses)s::text[]))
     limit %(limit)s + 1)
    union all
    select null from person having count(*) > %(limit)s"""


async def list_named(cursor: Cursor, account_ids: Sequence[int], text: str) -> list[int] | None:
    """The ids of all chats of these accounts whose title or number may contain the text; None if there are more than
    MOST_NAMED.
    """
    patterns = named_like(text)
    values = {
        **patterns,
        "addresses": [pattern.removeprefix("+") for pattern in patterns["phones"]],
        "accounts": list(account_ids),
        "limit": MOST_NAMED,
    }
    await cursor.execute(LIST_NAMED, values)
    ids = [row[0] for row in await cursor.fetchall()]
    return None if len(ids) > MOST_NAMED or None in ids else ids


STATEMENTS: dict[tuple[object, ...], Prepared] = {}


def list_statement(query: ChatListQuery, *, is_later: bool, is_narrow: bool = False) -> str:
    """The statement that lists a page of these chats, the first or a later one; `is_narrow`: only of the chats in the
    parameter `ids`.
    """
    order = ORDERS[query.sort]
    conditions = (
        *conditions_of(query, "%(account_id)s"),
        order.condition,
        order.after if is_later else "",
        f"and {IS_NAMED}" if query.named else "",
        "and c.id = any(%(ids)s::bigint[])" if is_narrow else "",
    )
    return LIST_CHATS.format(
        time=order.time,
        order=order.order,
        conditions=" ".join(conditions),
        joins=CONTACT_JOINS if query.named else "",
    )


def _statement(query: ChatListQuery, *, is_later: bool, is_narrow: bool) -> Prepared:
    """The same, prepared when these filters are first used."""
    key = (*shape_of(query), bool(query.named), query.sort, is_later, is_narrow)
    if key not in STATEMENTS:
        text = list_statement(query, is_later=is_later, is_narrow=is_narrow)
        STATEMENTS[key] = Prepared(f"list_chats_{len(STATEMENTS)}", text)
    return STATEMENTS[key]


async def list_chats(
    cursor: Cursor,
    user_id: int,
    provider: str,
    account_id: int,
    query: ChatListQuery,
    *,
    limit: int,
    after: tuple[str, int] | None,
) -> Page:
    """The account's chats. Empty also when the account is not the user's: the caller then checks that."""
    after_time, after_id = after or (None, None)
    ids = await list_named(cursor, [account_id], query.named) if query.named else None
    await _statement(query, is_later=after is not None, is_narrow=ids is not None).execute(
        cursor,
        {
            "user_id": user_id,
            "provider": provider,
            "account_id": account_id,
            **parameters_of(query),
            "limit": limit,
            "after_time": after_time,
            "after_id": after_id,
            **(named_like(query.named) if query.named else {}),
            **({} if ids is None else {"ids": ids}),
        },
    )
    return page_of(await cursor.fetchall(), limit)
