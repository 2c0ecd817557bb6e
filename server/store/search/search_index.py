"""The search index: words and facets of messages in the order of their seqs, and names; storing does not wait."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.db.database import Database
from server.store.db.transaction import execute_later
from server.store.search.facets import AuthorFacet, facets_of
from server.store.search.tokenize import tokens_of
from server.text.fold import fold

# A search indexes at most this many changes of an account first. More are left to the worker: it begins with the
# oldest, so that the search would wait and find no more.
CATCH_UP = 500
NAMES = 500
# Finding the words of so many texts takes the loop a few milliseconds.
TEXTS_AT_ONCE = 50


class Behind(NamedTuple):
    """An account that is not indexed to its end, how far it is behind, and whether it has names that are not folded."""

    account_id: int
    changes: int
    has_names: bool


async def list_behind(cursor: Cursor, user_id: int | None = None) -> list[Behind]:
    """Accounts of this user, or (None) of all, with changes or names that are not indexed yet, by id."""
    await cursor.execute(
        """select a.id, a.seq - coalesce(s.seq, 0), names.are_new
           from channels_account a left join channels_search_state s on s.account_id = a.id
           cross join lateral (select
               exists (select from channels_contact k
                       where k.account_id = a.id and k.folded is null and k.name is not null)
               or exists (select from channels_chat c
                          where c.account_id = a.id and c.folded is null and c.title is not null) as are_new) names
           where (a.seq > coalesce(s.seq, 0) or names.are_new)
               and (%(user_id)s::bigint is null or exists (
                   select from channels_account_member m where m.account_id = a.id and m.user_id = %(user_id)s))
           order by a.id""",
        {"user_id": user_id},
    )
    return [Behind(*row) for row in await cursor.fetchall()]


async def catch_up(database: Database, user_id: int) -> bool:
    """Index the latest changes and names before a search; False if more are left."""
    behind = await database.read(list_behind, user_id)
    return all([await _catch_up(database, one) for one in behind])


async def _catch_up(database: Database, behind: Behind) -> bool:
    if behind.changes <= CATCH_UP:
        return await database.write(write_tokens, behind.account_id, CATCH_UP)
    await _fold_behind(database, behind)
    return False


async def catch_up_names(database: Database, user_id: int) -> None:
    """Fold new names before a list that is sorted or searched by them; texts do not matter to it."""
    for behind in await database.read(list_behind, user_id):
        await _fold_behind(database, behind)


async def _fold_behind(database: Database, behind: Behind) -> None:
    if behind.has_names:
        await database.write(fold_names, behind.account_id, NAMES)


class _Text(NamedTuple):
    """A changed message; one that no search finds is not listed."""

    id: int
    seq: int
    is_listed: bool
    text: str
    chat_id: int
    is_own: bool
    sender: str | None
    attachments: Sequence[Mapping[str, object]]
    author_kind: str | None
    author_id: int | None

    def terms(self) -> list[str]:
        """What is indexed: words and facets."""
        if not self.is_listed:
            return []
        facets = facets_of(
            self.chat_id,
            is_own=self.is_own,
            sender=self.sender,
            author=None if self.author_kind is None else AuthorFacet(self.author_kind, self.author_id),
            body=self.text,
            attachments=self.attachments,
        )
        return tokens_of(self.text) + facets


# A file is found by its name.
LIST_CHANGED = """
    select m.id, m.seq, not m.is_event and m.deleted_at is null,
        concat_ws(' ', case when strpos(m.body, '@') > 0 then name_mentions(m.account_id, m.body) else m.body end,
            (select string_agg(item->>'file_name', ' ') from jsonb_array_elements(m.attachments) item)),
        m.chat_id, m.direction = 'out', m.sender->>'provider_id', m.attachments, m.author_kind, m.author_id
    from channels_message m where m.account_id = %s and m.seq > %s order by m.seq limit %s"""


async def write_tokens(cursor: Cursor, account_id: int, limit: int) -> bool:
    """Index the oldest changes of an account that are not indexed yet, and new names; False while more are left."""
    # What a crash loses is indexed again from the rows, so the commit need not wait for the disk.
    await execute_later(cursor, "set local synchronous_commit to off", {})
    head, done = await _lock_state(cursor, account_id)
    await cursor.execute(LIST_CHANGED, (account_id, done, limit))
    texts = [_Text(*row) for row in await cursor.fetchall()]
    await _store_tokens(cursor, account_id, texts)
    is_read = len(texts) < limit
    reached = max(head, texts[-1].seq if texts else 0) if is_read else texts[-1].seq
    await _index_notes(cursor, account_id, done, reached)
    await cursor.execute(
        "update channels_search_state set seq = %s where account_id = %s", (reached, account_id)
    )
    return await fold_names(cursor, account_id, limit) and is_read


async def _index_notes(cursor: Cursor, account_id: int, after: int, until: int) -> None:
    """Index the notes that changed from one seq to another: people write them, so they are few."""
    await cursor.execute(
        """select id, chat_id, body, author_kind, author_id from channels_note
           where account_id = %s and seq > %s and seq <= %s""",
        (account_id, after, until),
    )
    rows = [
        {"id": note_id, "words": [f"{account_id}/{term}" for term in _note_terms(*note)]}
        for note_id, *note in await cursor.fetchall()
    ]
    if rows:
        await cursor.execute(
            """update channels_note n set words = array_to_tsvector(x.words)
               from jsonb_to_recordset(%s::jsonb) as x (id bigint, words text[]) where n.id = x.id""",
            (orjson.dumps(rows).decode(),),
        )


def _note_terms(chat_id: int, body: str, author_kind: str, author_id: int) -> list[str]:
    return [*tokens_of(body), f"#chat:{chat_id}", AuthorFacet(author_kind, author_id).term()]


class _Folds(NamedTuple):
    select: str
    update: str


# `skip locked`: rows that are being written are left to the next round, so that this cannot deadlock.
FOLDS = tuple(
    _Folds(
        f"""select id, {name} from {table} where account_id = %s and folded is null and {name} is not null
            limit %s for no key update skip locked""",
        f"""update {table} t set folded = x.folded from jsonb_to_recordset(%s::jsonb) as x (id bigint, folded text)
            where t.id = x.id""",
    )
    for table, name in (("channels_contact", "name"), ("channels_chat", "title"))
)


async def fold_names(cursor: Cursor, account_id: int, limit: int) -> bool:
    """Fold new names of contacts and chats; False while more are left."""
    return all([await _fold(cursor, folds, account_id, limit) for folds in FOLDS])


async def _fold(cursor: Cursor, folds: _Folds, account_id: int, limit: int) -> bool:
    await cursor.execute(folds.select, (account_id, limit))
    rows = [{"id": row[0], "folded": fold(row[1])} for row in await cursor.fetchall()]
    if rows:
        await cursor.execute(folds.update, (orjson.dumps(rows).decode(),))
    return len(rows) < limit


async def _lock_state(cursor: Cursor, account_id: int) -> tuple[int, int]:
    """(head seq of the account, seq up to which it is indexed); locks the state, one writer per account."""
    await cursor.execute(
        "insert into channels_search_state (account_id, seq) values (%s, 0) on conflict do nothing",
        (account_id,),
    )
    await cursor.execute(
        "select seq from channels_search_state where account_id = %s for update", (account_id,)
    )
    done = (await cursor.fetchone())[0]
    await cursor.execute("select seq from channels_account where id = %s", (account_id,))
    return (await cursor.fetchone())[0], done


async def _store_tokens(cursor: Cursor, account_id: int, texts: list[_Text]) -> None:
    """Messages that are just being deleted are skipped: they need no words, and waiting for them could deadlock."""
    rows: list[dict[str, object]] = []
    for n, text in enumerate(texts, 1):
        rows.append({"id": text.id, "words": [f"{account_id}/{term}" for term in text.terms()]})
        if n % TEXTS_AT_ONCE == 0:
            await asyncio.sleep(0)
    await cursor.execute(
        """with given as (
               select x.id, x.words from jsonb_to_recordset(%(rows)s::jsonb) as x (id bigint, words text[])
           ), emptied as (
               delete from channels_message_words w using given g where w.message_id = g.id and g.words = '{}'
           )
           insert into channels_message_words as stored (message_id, account_id, chat_id, sent_at, words)
           select m.id, m.account_id, m.chat_id, m.sent_at, array_to_tsvector(g.words)
           from given g join channels_message m on m.id = g.id where g.words <> '{}' for key share of m skip locked
           on conflict (message_id) do update set
               chat_id = excluded.chat_id, sent_at = excluded.sent_at, words = excluded.words
               where (stored.chat_id, stored.sent_at, stored.words)
                   is distinct from (excluded.chat_id, excluded.sent_at, excluded.words)""",
        {"rows": orjson.dumps(rows).decode()},
    )
