"""Everything that changed in an account after a seq: the rows are the log, so this reads them in order."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from aiopg import Cursor

from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.chats.chats import CHAT_JOINS, CHAT_JSON
from server.store.chats.contacts import CONTACT_JSON
from server.store.chats.sight import audience, audience_of
from server.store.conversations.activities import ACTIVITY_JSON
from server.store.conversations.drafts import SHARED_DRAFT_JSON
from server.store.conversations.notes import NOTE_JSON
from server.store.db.prepared import Prepared
from server.store.db.seq import is_other_epoch
from server.store.messages.messages import MESSAGE_JSON
from server.store.messages.tombstones import TOMBSTONE_AUDIENCE, TOMBSTONE_JSON
from server.store.sending.planned import PLANNED_JSON


class Change(NamedTuple):
    """A change as a socket would have pushed it; `chat_id` is None for the account and its contacts."""

    seq: int
    event: str
    chat_id: int | None
    json: str
    audience: str

    @property
    def item(self) -> str:
        """The change as the REST answer shows it."""
        return f'{{"seq":{self.seq},"event":"{self.event}","data":{self.json}}}'


# The words `seq > 0` let the planner use the index of contacts that have changed.
# A message sent through Confab is announced as sent and an incoming one as new, whatever happened to it since; to a
# reader that already had it, it is an update.
LIST_CHANGES = Prepared(
    "list_changes",
    f"""
    select seq, event, chat_id, json, coalesce(audience, '') from (
        (select m.seq, m.chat_id, {MESSAGE_JSON} as json,
                case when m.inserted_seq <= %(since)s then 'message:updated'
                     when m.client_id is null then 'message:new'
                     when m.status = 'sent' then 'message:sent'
                     else 'message:updated' end as event, {audience_of("m.chat_id")} as audience
         from channels_message m where m.account_id = %(account_id)s and m.seq > %(since)s
            and (%(chat_id)s::bigint is null or m.chat_id = %(chat_id)s)
         order by m.seq limit %(limit)s + 1)
        union all
        (select c.seq, c.id, {CHAT_JSON}, 'chat:updated', {audience()}
         from channels_chat c {CHAT_JOINS} where c.account_id = %(account_id)s and c.seq > %(since)s
            and (%(chat_id)s::bigint is null or c.id = %(chat_id)s)
         order by c.seq limit %(limit)s + 1)
        union all
        (select a.changed_seq, null, {PUSHED_ACCOUNT_JSON}, 'account:updated', ''
         from channels_account a where a.id = %(account_id)s and a.changed_seq > %(since)s
            and %(chat_id)s::bigint is null)
        union all
        (select k.seq, null, {CONTACT_JSON}, 'contact:updated', ''
         from channels_contact k
         where k.account_id = %(account_id)s and k.seq > greatest(%(since)s, 0) and k.seq > 0
         order by k.seq limit %(limit)s + 1)
        union all
        (select y.seq, y.chat_id, {ACTIVITY_JSON}, 'activity:new', {audience_of("y.chat_id")}
         from channels_activity y where y.account_id = %(account_id)s and y.seq > greatest(%(since)s, 0)
            and (%(chat_id)s::bigint is null or y.chat_id = %(chat_id)s)
         order by y.seq limit %(limit)s + 1)
        union all
        (select n.seq, n.chat_id, {NOTE_JSON},
                case when n.inserted_seq <= %(since)s then 'note:updated' else 'note:new' end,
                {audience_of("n.chat_id")}
         from channels_note n where n.account_id = %(account_id)s and n.seq > greatest(%(since)s, 0)
            and (%(chat_id)s::bigint is null or n.chat_id = %(chat_id)s)
         order by n.seq limit %(limit)s + 1)
        union all
        (select d.shared_seq, d.chat_id, {SHARED_DRAFT_JSON}, 'draft:updated', {audience_of("d.chat_id")}
         from channels_draft d where d.account_id = %(account_id)s and d.shared_seq > greatest(%(since)s, 0)
            and (%(chat_id)s::bigint is null or d.chat_id = %(chat_id)s)
         order by d.shared_seq limit %(limit)s + 1)
        union all
        (select p.seq, p.chat_id, {PLANNED_JSON}, 'planned:updated', {audience_of("p.chat_id")}
         from channels_planned_message p where p.account_id = %(account_id)s and p.seq > greatest(%(since)s, 0)
            and (%(chat_id)s::bigint is null or p.chat_id = %(chat_id)s)
         order by p.seq limit %(limit)s + 1)
        union all
        (select g.seq, g.chat_id, {TOMBSTONE_JSON}, g.event, {TOMBSTONE_AUDIENCE}
         from channels_gone g where g.account_id = %(account_id)s and g.seq > greatest(%(since)s, 0)
            and (%(chat_id)s::bigint is null or g.chat_id = %(chat_id)s)
         order by g.seq limit %(limit)s + 1)
    ) change order by seq limit %(limit)s + 1""",
)


class Changes(NamedTuple):
    """`head` is the account's seq before the rows were read, which a reader of all of them has reached. `reset`: the
    reader is beyond it, so this database is an older copy of the one it read.
    """

    items: list[Change]
    head: int
    more: bool
    reset: bool = False

    @classmethod
    def page(cls, rows: Sequence[Change], limit: int, head: int) -> Self:
        """At most `limit` of the rows, of which one more was read. Rows may be newer than the head that was read
        first; the answer's head is never below its rows.
        """
        more, page = len(rows) > limit, list(rows[:limit])
        reached = page[-1].seq if page else head
        return cls(page, reached if more else max(head, reached), more)

    @property
    def json(self) -> str:
        """The REST answer."""
        items = ",".join(change.item for change in self.items)
        more, reset = "true" if self.more else "false", ',"reset":true' if self.reset else ""
        return f'{{"items":[{items}],"seq":{self.head},"more":{more}{reset}}}'


async def list_changes(
    cursor: Cursor, account_id: int, since: int, limit: int, chat_id: int | None = None
) -> Changes:
    """The changes after `since`, oldest first, of the whole account or of one chat. The caller authorises."""
    await cursor.execute("select seq from channels_account where id = %s", (account_id,))
    row = await cursor.fetchone()
    head = int(row[0]) if row else 0
    if head <= since:
        return Changes([], head, more=False, reset=head < since)
    if is_other_epoch(since, head):
        return Changes([], head, more=False, reset=True)
    await LIST_CHANGES.execute(
        cursor, {"account_id": account_id, "since": since, "limit": limit, "chat_id": chat_id}
    )
    return Changes.page([Change(*row) for row in await cursor.fetchall()], limit, head)
