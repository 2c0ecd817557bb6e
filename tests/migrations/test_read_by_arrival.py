"""Migration 0030: as many messages as were unread stay unread, and none that was read becomes unread."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from server.process.migrate import migrate, roll_back
from tests.migrations.test_stairway import NAMES, ladder
from tests.support.services import Services

BEFORE = NAMES.index("0030.read-by-arrival")
SEED = """
    insert into users (email, name, role) values ('a@x.example', 'A', 'agent');
    insert into channels_account (user_id, provider, external_account_id, status, seq)
        select id, 'whatsapp', 'acc-1', 'connected', 100 from users;
"""
# Of each chat: what it is called, what counts as unread, and its messages: sent at that hour, in order of arrival.
ADD_CHAT = """
    insert into channels_chat (account_id, provider_chat_id, seq, unread_count, read_until)
    select id, %s, 100, %s, '2026-03-02T00:00:00Z' from channels_account returning id, account_id"""
ADD_MESSAGE = """
    insert into channels_message (chat_id, account_id, provider_msg_id, direction, status, is_event, event_type,
        is_history, deleted_at, sent_at, seq, inserted_seq)
    values (%s, %s, %s, %s, %s, %s, %s, %s, case when %s then now() end, '2026-03-02T12:00:00Z', %s, %s)"""
Kind = str  # in, out, call, event, history, deleted
CHATS: dict[str, tuple[int, list[Kind], int]] = {
    "read": (0, ["in", "out", "in"], 0),
    "two of three": (2, ["in", "in", "out", "in"], 2),
    "all": (2, ["in", "in"], 2),
    "call among it": (1, ["in", "call"], 1),
    "by hand, only history": (1, ["history", "out"], 1),
    "by hand, nothing but events": (1, ["event"], 1),
    "deleted since": (1, ["in", "in", "deleted"], 1),
    "more than there is": (5, ["in", "history", "in"], 2),
    "empty": (0, [], 0),
}
COUNTED = """
    select c.provider_chat_id, c.unread_count, c.marked_unread, (
        select count(*) from channels_message m where m.chat_id = c.id and m.direction = 'in' and not m.is_history
            and m.deleted_at is null and (not m.is_event or m.event_type in (8, 9)) and m.inserted_seq > c.read_seq)
    from channels_chat c"""


@pytest.fixture
def database(services: Services) -> Iterator[str]:
    url = services.create_database(template=None)
    yield url
    services.drop_database(url)


def seed(url: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(SEED)
        seq = 0
        for name, (unread, kinds, _) in CHATS.items():
            cursor.execute(ADD_CHAT, (name, unread))
            chat_id, account_id = cursor.fetchone() or (0, 0)
            for kind in kinds:
                seq += 1
                is_event, event_type = kind in ("call", "event"), {"call": 8, "event": 4}.get(kind)
                direction, status = ("out", "sent") if kind == "out" else ("in", "received")
                values = (chat_id, account_id, f"m-{seq}", direction, status, is_event, event_type)
                cursor.execute(ADD_MESSAGE, (*values, kind == "history", kind == "deleted", seq, seq))


def test_unread_messages_stay_unread(database: str, tmp_path: Path) -> None:
    migrate(database, ladder(tmp_path / "before", BEFORE))
    seed(database)
    steps = ladder(tmp_path / "after", BEFORE + 1)
    for _ in range(2):
        assert migrate(database, steps) == [NAMES[BEFORE]]
        with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(COUNTED)
            rows = {row[0]: row[1:] for row in cursor.fetchall()}
        assert {name: row[0] for name, row in rows.items()} == {name: chat[2] for name, chat in CHATS.items()}
        # The stored count is what the mark says, or a wish.
        assert [
            name for name, (unread, marked, counted) in rows.items() if unread != max(counted, marked)
        ] == []
        roll_back(database, 1, steps)
