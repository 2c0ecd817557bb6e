"""Contacts: the people behind the messages, keyed by the provider's opaque id."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiopg import Cursor

from server.store.prepared import Prepared

# The newest name wins, in any order of arrival and whatever came without one in between; of two equally new ones
# the later in code points, as in workers/batches.py. Nothing is written when nothing would change.
UPSERT_CONTACTS = Prepared(
    "upsert_contacts",
    """
    insert into channels_contact as known (account_id, provider_id, name, phone, named_at)
    select x.account_id, x.provider_id, x.name, x.phone, x.named_at
    from jsonb_to_recordset(%(rows)s::jsonb)
        as x (account_id bigint, provider_id text, name text, phone text, named_at timestamptz)
    where not exists (select from channels_contact c where c.account_id = x.account_id
        and c.provider_id = x.provider_id and (x.phone is null or c.phone is not null)
        and (x.name is null or (c.named_at, c.name collate "C") >= (x.named_at, x.name collate "C")))
    on conflict (account_id, provider_id) do update set
        name = case when known.name is null
                or (excluded.named_at, excluded.name collate "C") > (known.named_at, known.name collate "C")
            then excluded.name else known.name end,
        phone = coalesce(known.phone, excluded.phone),
        named_at = greatest(known.named_at, excluded.named_at),
        updated_at = now()""",
)


async def upsert_contacts(cursor: Cursor, contacts: Sequence[Mapping[str, Any]]) -> None:
    """Keep {account_id, provider_id, name, phone, named_at}, one row a person. Safe to run twice.

    A row without a name was named at -infinity: any name is newer.
    """
    await UPSERT_CONTACTS.execute_later(cursor, {"rows": orjson.dumps(contacts).decode()})
