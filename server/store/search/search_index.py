"""The search index: tokens of messages, written in the order of their seqs, and folded names; storing does not wait."""

from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.db.database import Database
from server.store.db.transaction import execute_later
from server.store.search.tokenize import tokens_of
from server.text.fold import fold

# A search indexes at most this many changes first; the worker indexes the rest.
CATCH_UP = 500


async def list_behind(cursor: Cursor, user_id: int | None = None) -> list[int]:
    """Accounts of this user, or (None) of all, with changes or names that are not indexed yet, by id."""
    await cursor.execute(
        """select a.id from channels_account a left join channels_search_state s on s.account_id = a.id
           where (a.seq > coalesce(s.seq, 0)
               or exists (select from channels_contact k
                          where k.account_id = a.id and k.folded is null and k.name is not null)
               or exists (select from channels_chat c
                          where c.account_id = a.id and c.folded is null and c.title is not null))
           and (%(user_id)s::bigint is null or exists (
               select from channels_account_member m where m.account_id = a.id and m.user_id = %(user_id)s))
           order by a.id""",
        {"user_id": user_id},
    )
    return [row[0] for row in await cursor.fetchall()]


async def catch_up(database: Database, user_id: int) -> bool:
    """Index the latest changes before a search; False if more are left."""
    behind = await database.read(list_behind, user_id)
    return all([await database.write(write_tokens, account_id, CATCH_UP) for account_id in behind])


class _Text(NamedTuple):
    id: int
    seq: int
    text: str


async def write_tokens(cursor: Cursor, account_id: int, limit: int) -> bool:
    """Index the oldest changes of an account that are not indexed yet, and new names; False while more are left."""
    # What a crash loses is indexed again from the rows, so the commit need not wait for the disk.
    await execute_later(cursor, "set local synchronous_commit to off", {})
    head, done = await _lock_state(cursor, account_id)
    await cursor.execute(
        """select m.id, m.seq, case when m.is_event or m.deleted_at is not null then ''
               else concat_ws(' ', case when strpos(m.body, '@') > 0 then name_mentions(m.account_id, m.body)
                                   else m.body end, (select string_agg(item->>'file_name', ' ')
                                            from jsonb_array_elements(m.attachments) item)) end
           from channels_message m where m.account_id = %s and m.seq > %s order by m.seq limit %s""",
        (account_id, done, limit),
    )
    texts = [_Text(*row) for row in await cursor.fetchall()]
    await _store_tokens(cursor, account_id, texts)
    is_read = len(texts) < limit
    reached = max(head, texts[-1].seq if texts else 0) if is_read else texts[-1].seq
    await cursor.execute(
        "update channels_search_state set seq = %s where account_id = %s", (reached, account_id)
    )
    is_folded = [await _fold_names(cursor, statement, account_id, limit) for statement in FOLDS]
    return is_read and all(is_folded)


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


async def _fold_names(cursor: Cursor, folds: _Folds, account_id: int, limit: int) -> bool:
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
    rows = [
        {"id": text.id, "words": [f"{account_id}/{token}" for token in tokens_of(text.text)]}
        for text in texts
    ]
    await cursor.execute(
        """with given as (
               select x.id, x.words from jsonb_to_recordset(%(rows)s::jsonb) as x (id bigint, words text[])
           ), emptied as (
               delete from channels_message_words w using given g where w.message_id = g.id and g.words = '{}'
           )
           insert into channels_message_words as stored (message_id, sent_at, words)
           select m.id, m.sent_at, array_to_tsvector(g.words) from given g join channels_message m on m.id = g.id
           where g.words <> '{}'
           on conflict (message_id) do update set words = excluded.words, sent_at = excluded.sent_at
               where (stored.words, stored.sent_at) is distinct from (excluded.words, excluded.sent_at)""",
        {"rows": orjson.dumps(rows).decode()},
    )
