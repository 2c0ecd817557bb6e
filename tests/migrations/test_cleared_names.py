"""Migration 0033 clears names that are none; every real name of any script stays."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from server.process.migrate import MIGRATIONS, migrate
from server.text.names import contact_name, is_name
from tests.migrations.test_stairway import NAMES as MIGRATION_NAMES
from tests.migrations.test_stairway import ladder
from tests.support.services import Services

CLEAR = (MIGRATIONS / "0033.clear-names-that-are-none.sql").read_text("utf-8")
FUNCTIONS = CLEAR[: CLEAR.index("create temporary table")]
TABLE = json.loads((Path(__file__).parents[1] / "fixtures" / "texts.json").read_text("utf-8"))
# Before contacts had names of ours beside WhatsApp's.
ONE_NAME = next(n for n, name in enumerate(MIGRATION_NAMES) if name.startswith("0056"))
# Marks and length are bounded when a name is reported, not here.
NAMES = [t for t, _ in TABLE["names"] if len(t) < 40 and t.count("\u0301") < 8 and "\0" not in t]


@pytest.fixture
def cursor(services: Services, tmp_path: Path) -> Iterator[Any]:
    url = services.create_database(template=None)
    migrate(url, ladder(tmp_path / "before", ONE_NAME))
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            """with u as (insert into users (email, name) values ('a@b.example', 'A') returning id)
               insert into channels_account (user_id, provider, external_account_id, name)
               select id, 'whatsapp', 'acc-1', 'My Shop' from u"""
        )
        yield cursor
    services.drop_database(url)


def insert(cursor: Any, names: list[str], kind: str = "direct") -> None:
    cursor.execute(
        """with t as (select name, n from unnest(%s::text[]) with ordinality as t (name, n)),
           a as (select id from channels_account),
           k as (insert into channels_contact (account_id, provider_id, name, named_at)
                 select a.id, n || '@lid', name, now() from t, a returning id, account_id, provider_id),
           s as (insert into channels_contact_alias (account_id, alias, contact_id)
                 select account_id, provider_id, id from k),
           c as (insert into channels_chat (account_id, provider_chat_id, address, kind, title, titled_at, seq)
                 select a.id, 'chat-' || n, n || '@lid', %s, name, now(), 0 from t, a returning id, title, account_id)
           insert into channels_message (account_id, chat_id, provider_msg_id, direction, status, sender, sent_at, seq,
                                         inserted_seq)
           select account_id, id, 'm-' || id, 'in', 'received',
               jsonb_build_object('provider_id', 'x', 'phone', null, 'name', title), now(), 0, 0 from c""",
        (names, kind),
    )


def shown(cursor: Any) -> list[tuple[str | None, str | None, str | None]]:
    cursor.execute(
        """select k.name, c.title, m.sender->>'name' from channels_contact k
           join channels_chat c on c.address = k.provider_id join channels_message m on m.chat_id = c.id
           order by k.id"""
    )
    return list(cursor.fetchall())


def test_names_that_are_none_are_cleared_and_real_ones_stay(cursor: Any) -> None:
    names = [*NAMES, "My Shop", "my shop", "My Shop 2"]
    wanted = [*map(contact_name, NAMES), None, None, "My Shop 2"]
    insert(cursor, names)
    cursor.execute(CLEAR)
    assert shown(cursor) == [(name, name, name) for name in wanted]


def test_a_client_with_an_older_seq_reads_the_cleared_names(cursor: Any) -> None:
    insert(cursor, ["Bia", "5511988880000"])
    cursor.execute(CLEAR)
    cursor.execute("select count(*) filter (where seq > 0), max(seq) from channels_chat")
    assert cursor.fetchone() == (1, 1)
    cursor.execute(
        "select k.seq, a.seq, k.named_at = '-infinity' from channels_contact k, channels_account a order by 1"
    )
    assert cursor.fetchall() == [(0, 2, False), (2, 2, True)]


def test_a_group_named_with_a_year_is_unchanged(cursor: Any) -> None:
    insert(cursor, ["2026", "\u3164", "My Shop"], "group")
    cursor.execute(CLEAR)
    assert [title for _, title, _ in shown(cursor)] == ["2026", None, "My Shop"]


def test_a_letter_of_any_script_is_a_name(cursor: Any) -> None:
    cursor.execute(FUNCTIONS)
    cursor.execute(
        """select chr(n) from generate_series(1, 131071) n
           where n not between 55296 and 57343 and not pg_temp.is_name(chr(n))"""
    )
    taken = [row[0] for row in cursor.fetchall()]
    assert len(taken) > 300
    assert [ascii(c) for c in taken if is_name(c)] == []
