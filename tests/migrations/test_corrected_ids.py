"""Migration 0032 corrects rows of older id parsers, and each takes a seq for clients."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from server.process.migrate import migrate
from tests.migrations.test_stairway import NAMES, ladder
from tests.support.services import Services

LAST_BEFORE = next(n for n, name in enumerate(NAMES) if name.startswith("0032"))
OLD_ROWS = """
insert into users (email, name, password_hash) values ('ana@x.example', 'Ana', '!');
insert into channels_account (user_id, provider, external_account_id, status, seq)
    select id, 'whatsapp', 'acc-1', 'connected', 100 from users;
insert into channels_chat (account_id, provider_chat_id, address, kind, title, unread_count, seq)
    select a.id, x.* from channels_account a, (values
        ('status', 'status@broadcast', 'direct', 'Bia', 3, 1),
        ('news', '120363040000000000@newsletter', 'direct', '+120363040000000000', 5, 2),
        ('crew', '120363041111111111@g.us', 'direct', 'Bia', 1, 3),
        ('bia', '5511988880000:12@s.whatsapp.net', 'direct', null, 1, 4),
        ('right', '5511966660000@s.whatsapp.net', 'direct', null, 1, 5),
        ('old', '551177770000@s.whatsapp.net', 'direct', null, 0, 6),
        ('new', '5511977770000@s.whatsapp.net', 'direct', null, 0, 7)) x;
insert into channels_contact (account_id, provider_id, name, named_at, phone, phoned_at)
    select a.id, x.id, x.name, now() - make_interval(mins => x.minutes), x.phone, now() from channels_account a, (values
        ('120000000000001.1:0@lid', 'Bia', 3, null),
        ('120000000000001@lid', 'Bia Lima', 1, null),
        ('5511988880000:12@s.whatsapp.net', null, 2, null),
        ('120000000000009@hosted.lid', 'Ana', 2, '+120000000000009'),
        ('120363040000000000@newsletter', 'News', 2, '+120363040000000000'),
        ('551177770000@s.whatsapp.net', 'Davi', 2, '+551177770000'),
        ('5511977770000@s.whatsapp.net', 'Davi Reis', 1, '+5511977770000'),
        ('5511966660000@s.whatsapp.net', 'Eva', 1, '+5511966660000')) x (id, name, minutes, phone);
insert into channels_contact_alias (account_id, alias, contact_id)
    select account_id, provider_id, id from channels_contact
    union select account_id, '5511988880000@s.whatsapp.net', id from channels_contact where provider_id like '%1:0@lid'
    union select account_id, substring(phone from 2) || '@s.whatsapp.net', id from channels_contact
          where provider_id ~ 'hosted|newsletter'
    union select account_id, '#uid-1', id from channels_contact where provider_id = '5511966660000@s.whatsapp.net';
insert into channels_message (chat_id, account_id, provider_msg_id, direction, status, body, sender, quoted, reactions,
                              sent_at, seq, inserted_seq)
    select c.id, c.account_id, x.name, 'in', 'received', 'Oi', x.sender::jsonb, x.quoted::jsonb, x.reactions::jsonb,
        now(), x.seq, x.seq
    from (values
        ('status', 'm0', '{"provider_id": "120000000000001@lid", "name": null, "phone": null}', null, '[]', 10),
        ('crew', 'm1', '{"provider_id": "120000000000001:7@lid", "name": "Bia", "phone": null}',
            '{"provider_msg_id": "q", "sender_id": "5511988880000:12@s.whatsapp.net", "body": "x"}',
            '[{"value": "👍", "is_own": false, "sender": {"provider_id": "120000000000001.1:0@lid"}},
              {"value": "👍", "is_own": false, "sender": {"provider_id": "120000000000001:7@lid"}}]', 11),
        ('crew', 'm2', '{"provider_id": "120000000000009@hosted.lid", "name": "Ana", "phone": "+120000000000009"}',
            null, '[]', 12),
        ('right', 'm3', '{"provider_id": "5511966660000@s.whatsapp.net", "name": "Eva", "phone": "+5511966660000"}',
            '{"provider_msg_id": "q", "sender_id": null, "body": "x"}', '[]', 13)
    ) x (chat, name, sender, quoted, reactions, seq) join channels_chat c on c.provider_chat_id = x.chat;
"""


class Rows:
    """The database after the migration."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __call__(self, statement: str) -> list[tuple[Any, ...]]:
        self._cursor.execute(statement)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows


@pytest.fixture(scope="module")
def rows(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    url = services.create_database(template=None)
    migrate(url, ladder(tmp_path_factory.mktemp("ladder") / "before", LAST_BEFORE))
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(OLD_ROWS)
        connection.commit()
        migrate(url)
        yield Rows(cursor)
    services.drop_database(url)


def test_rows_of_old_parsers_are_corrected(rows: Rows) -> None:
    chats = rows("select provider_chat_id, address, kind, title, unread_count from channels_chat order by id")
    assert chats == [
        ("news", "120363040000000000@newsletter", "channel", None, 0),
        ("crew", "120363041111111111@g.us", "group", None, 1),
        ("bia", "5511988880000@s.whatsapp.net", "direct", None, 1),
        ("right", "5511966660000@s.whatsapp.net", "direct", None, 1),
        ("old", "551177770000@s.whatsapp.net", "direct", None, 0),
        ("new", "5511977770000@s.whatsapp.net", "direct", None, 0),
    ]
    contacts = rows("""select k.provider_id, k.name, k.phone, array_agg(a.alias order by a.alias collate "C")
        from channels_contact k join channels_contact_alias a on a.contact_id = k.id group by k.id order by k.id""")
    assert contacts == [
        ("120000000000001@lid", "Bia Lima", "+5511988880000",
         ["#tel:551188880000", "120000000000001@lid", "5511988880000@s.whatsapp.net"]),
        ("120000000000009@hosted.lid", "Ana", None, ["120000000000009@hosted.lid"]),
        ("551177770000@s.whatsapp.net", "Davi Reis", "+5511977770000",
         ["#tel:551177770000", "551177770000@s.whatsapp.net", "5511977770000@s.whatsapp.net"]),
        ("5511966660000@s.whatsapp.net", "Eva", "+5511966660000",
         ["#tel:551166660000", "#uid-1", "5511966660000@s.whatsapp.net"]),
    ]  # fmt: skip
    messages = rows("""select provider_msg_id, sender ->> 'provider_id', sender ->> 'phone', quoted ->> 'sender_id',
        (select array_agg(r -> 'sender' ->> 'provider_id') from jsonb_array_elements(reactions) r)
        from channels_message order by provider_msg_id""")
    assert messages == [
        ("m1", "120000000000001@lid", None, "5511988880000@s.whatsapp.net", ["120000000000001@lid"]),
        ("m2", "120000000000009@hosted.lid", None, None, None),
        ("m3", "5511966660000@s.whatsapp.net", "+5511966660000", None, None),
    ]


def test_exactly_the_changed_rows_take_a_seq(rows: Rows) -> None:
    tombstones = rows("select event, count(*) from channels_gone group by 1 order by 1")
    assert tombstones == [("chat:erased", 1), ("contact:erased", 1)]
    changed = "select {} from {} where seq > 100 order by 1"
    assert [row[0] for row in rows(changed.format("provider_msg_id", "channels_message"))] == ["m1", "m2"]
    assert [row[0] for row in rows(changed.format("name", "channels_contact"))] == [
        "Ana",
        "Bia Lima",
        "Davi Reis",
    ]
    chats = [row[0] for row in rows(changed.format("provider_chat_id", "channels_chat"))]
    assert chats == ["bia", "crew", "new", "news", "old"]
    every = """select seq from channels_gone union all select seq from channels_message where seq > 100
        union all select seq from channels_contact where seq > 100
        union all select seq from channels_chat where seq > 100"""
    taken = [row[0] for row in rows(every)]
    assert len(set(taken)) == len(taken)
    assert max(taken) == rows("select seq from channels_account")[0][0]


def test_the_counters_still_match_the_rows(rows: Rows) -> None:
    """What a deleted status had counted is in channels_usage_gone."""
    assert rows("select messages_rcvd from channels_usage_gone") == [(1,)]
