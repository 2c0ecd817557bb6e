"""Writes the rows of a large installation at once, without triggers: contacts, chats and messages of some accounts."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
import psycopg2.extensions

NAMES = ("Ana", "Bia", "Chidi", "Dora", "Fátima", "Hana", "Jonas", "Karim", "Lea", "Nils", "Samira", "Tomás")
FILL = (
    """insert into channels_contact (account_id, provider_id, whatsapp_name, phone, named_at)
       select (%(accounts)s::bigint[])[1 + n %% %(count)s], (4900000000 + n) || '@s.whatsapp.net',
           (%(names)s::text[])[1 + n %% 12] || ' ' || (%(names)s::text[])[1 + n / 12 %% 12] || ' ' || n,
           '+' || (4900000000 + n), now() from generate_series(1, %(chats)s) n""",
    """insert into channels_contact_alias (account_id, alias, contact_id)
       select account_id, provider_id, id from channels_contact""",
    """insert into channels_chat (account_id, provider_chat_id, kind, address, seq)
       select account_id, provider_id, 'direct', provider_id, 0 from channels_contact order by id""",
)
# A tenth is in the first chat; every other message is the account's own; two seconds apart.
MESSAGES_OF = """
    insert into channels_message (id, account_id, chat_id, provider_msg_id, direction, status, body, sent_at, seq,
        inserted_seq, author_kind, author_id, created_at)
    overriding system value select n, c.account_id, c.id, 'm' || n, case when own then 'out' else 'in' end,
        case when own then 'read' else 'received' end,
        'Where is my order ' || n || '? It should have come on day ' || n %% 31 || ', the parcel ' || n %% 977,
        at, n, n, case when own then 'user' end, case when own then 1 end, at
    from (select n, n %% 2 = 0 as own, now() - make_interval(secs => 2.0 * (%(messages)s - n)) as at,
              case when n %% 10 = 5 then 1 else 1 + n * 31 %% %(chats)s end as chat
          from generate_series(%(first)s, %(last)s) n) x
    join (select id, account_id, row_number() over (order by id) as place from channels_chat) c on c.place = x.chat"""
SETTLE = (
    """update channels_chat c set last_message_id = m.id, last_message_at = m.sent_at, last_message_preview = m.body,
           seq = m.seq, unread_count = case when c.id %% 10 = 0 then 2 else 0 end, read_seq = m.seq - 2
       from channels_chat o cross join lateral (
           select * from channels_message t where t.chat_id = o.id order by t.sent_at desc, t.id desc limit 1) m
       where o.id = c.id""",
    "update channels_account set seq = %(messages)s, changed_seq = %(messages)s",
    "select setval(pg_get_serial_sequence('channels_message', 'id'), %(messages)s)",
)


@contextmanager
def without_triggers(superuser_url: str) -> Iterator[psycopg2.extensions.connection]:
    """A connection of the superuser whose writes run no triggers and check no references."""
    with closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
        yield connection


def fill(superuser_url: str, accounts: list[int], *, chats: int, messages: int) -> None:
    """Write all rows: a tenth of the messages into the first chat."""
    values = {
        "accounts": accounts,
        "count": len(accounts),
        "names": list(NAMES),
        "chats": chats,
        "messages": messages,
        "first": 1,
        "last": messages,
    }
    with without_triggers(superuser_url) as connection, connection.cursor() as cursor:
        for statement in (*FILL, MESSAGES_OF, *SETTLE, "vacuum (analyze)"):
            cursor.execute(statement, values)
