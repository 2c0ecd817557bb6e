"""Searches messages by prefixes of their words and by facets, newest first."""

from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, TITLE
from server.store.chats.sight import sees
from server.store.db.keyset_pages import Key, Page, page_of
from server.store.messages.messages import MESSAGE_JSON
from server.store.search.facets import Facets, facet_query
from server.store.search.tokenize import query_tokens

# So many of the newest messages are read one by one before the index of words is asked: what every 160th message has
# fills a page of fifty by then, and what fewer have is a short list in that index.
WALKED = 8_000
# Prefixes this short match a large part of the words, which the index has to join first. So more messages are read
# before, and the messages of a chat or a sender are compared with them one by one.
SHORT, WALKED_FOR_SHORT = 2, 16_000


class MessageSearch(NamedTuple):
    """What the messages must match. Without a text all messages with the facets are found."""

    accounts: Sequence[int]
    text: str | None = None
    facets: Facets = Facets()
    since: str | None = None
    until: str | None = None

    def tokens(self) -> list[str]:
        """The words of the text."""
        return query_tokens(self.text or "")

    def can_match(self) -> bool:
        """False for a text without any word, and without accounts."""
        return bool(self.accounts) and (self.text is None or bool(self.tokens()))

    def walked(self) -> int:
        """How many of the newest messages are read before the index of words."""
        return WALKED_FOR_SHORT if any(len(token) <= SHORT for token in self.tokens()) else WALKED

    def tsquery(self) -> str:
        """All words and facets in one of the accounts."""
        return self._in_accounts(self.tokens())

    def indexed(self) -> str:
        """The part of the query that the index of words answers; the rest is read in the messages it finds."""
        is_narrow = self.facets.chat_id is not None or self.facets.senders is not None
        return self._in_accounts([token for token in self.tokens() if len(token) > SHORT or not is_narrow])

    def _in_accounts(self, tokens: Sequence[str]) -> str:
        return " | ".join(f"({self._in_account(account, tokens)})" for account in self.accounts)

    def _in_account(self, account: int, tokens: Sequence[str]) -> str:
        """Tokens have only letters and digits."""
        words = [f"'{account}/{token}':*" for token in tokens]
        return " & ".join([*words, *facet_query(account, self.facets)])


# Messages that were deleted and are not indexed again yet, and chats that the user does not see, are left out.
IS_VISIBLE = f"""
    (select m.deleted_at is null from channels_message m join channels_chat c on c.id = m.chat_id
     join channels_account_member u on u.account_id = m.account_id and u.user_id = %(user_id)s and {sees()}
     where m.id = w.message_id)"""
NEWEST_FIRST = "order by sent_at desc, message_id desc"


def find_statement(wanted: MessageSearch, after: Key | None) -> str:
    """`rest` reads below the walked messages, only if these do not fill the page. Its matches are sorted before they
    are joined, so that only one page is joined. Without `is true` Postgres would read all messages of the times from
    their index too, to combine it with the index of words.
    """
    times = _times(wanted, after)
    walked = f"select * from ({_sources(wanted, times)}) s {NEWEST_FIRST}"
    return f"""
    with newest as materialized (
        select w.message_id, w.sent_at from ({walked} limit {wanted.walked()}) w
        where (select i.words @@ %(query)s::tsquery from channels_message_words i where i.message_id = w.message_id)
            and {IS_VISIBLE} limit %(limit)s + 1
    ), bound as materialized (
        select * from ({walked} offset {wanted.walked() - 1} limit 1) last
        where (select count(*) from newest) <= %(limit)s
    ), rest as (
        select w.message_id, w.sent_at from (
            select message_id, sent_at from channels_message_words
            where words @@ %(indexed)s::tsquery and (select message_id from bound) is not null
                and (words @@ %(query)s::tsquery {times}
                    and (sent_at, message_id) < ((select sent_at from bound), (select message_id from bound))) is true
            {NEWEST_FIRST} offset 0) w
        where {IS_VISIBLE} limit %(limit)s + 1
    ), found as (
        select * from newest union all select * from rest {NEWEST_FIRST} limit %(limit)s + 1
    )
    select ({MESSAGE_JSON}::jsonb || jsonb_build_object('chat_title', {TITLE}, 'chat_kind', c.kind,
            'chat_avatar', contact.avatar))::text,
        rfc3339(found.sent_at), m.id
    from found join channels_message m on m.id = found.message_id join channels_chat c on c.id = m.chat_id
        {CHAT_JOINS}
    order by found.sent_at desc, m.id desc"""


def _sources(wanted: MessageSearch, times: str) -> str:
    """The newest messages of each account, in order and from its index alone, so that Postgres merges them."""
    chat_id = wanted.facets.chat_id
    owners = [f"account_id = {account:d}" for account in wanted.accounts]
    if chat_id is not None:
        owners = [f"chat_id = {chat_id:d}"]
    return " union all ".join(
        f"""(select message_id, sent_at from channels_message_words where {owner} {times}
             {NEWEST_FIRST} limit {wanted.walked()})"""
        for owner in owners
    )


def _times(wanted: MessageSearch, after: Key | None) -> str:
    return "".join(
        f" and {condition}"
        for condition, value in (
            ("sent_at >= %(since)s::timestamptz", wanted.since),
            ("sent_at < %(until)s::timestamptz", wanted.until),
            ("(sent_at, message_id) < (%(after_time)s::timestamptz, %(after_id)s::bigint)", after),
        )
        if value is not None
    )


async def find_messages(
    cursor: Cursor, user_id: int, wanted: MessageSearch, *, limit: int, after: Key | None
) -> Page:
    """Messages of the user's accounts that match, newest first."""
    if not wanted.can_match():
        return Page([], None)
    after_time, after_id = after or (None, None)
    values = {
        "user_id": user_id, "limit": limit, "query": wanted.tsquery(), "indexed": wanted.indexed(),
        "since": wanted.since, "until": wanted.until, "after_time": after_time, "after_id": after_id,
    }  # fmt: skip
    await cursor.execute(find_statement(wanted, after), values)
    return page_of(await cursor.fetchall(), limit)
