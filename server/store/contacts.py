"""Contacts: the people behind the messages, keyed by the provider's opaque id."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiopg import Cursor

from server.store.prepared import Prepared

# The newest name wins, in any order of arrival; a name that is known already writes nothing.
UPSERT_CONTACTS = Prepared(
    "upsert_contacts",
    """
    insert into channels_contact as known (account_id, provider_id, name, phone, named_at)
    select x.account_id, x.provider_id, x.name, x.phone, x.named_at
    from jsonb_to_recordset(%(rows)s::jsonb)
        as x (account_id bigint, provider_id text, name text, phone text, named_at timestamptz)
    where not exists (select from channels_contact c where c.account_id = x.account_id
        and c.provider_id = x.provider_id and c.name is not distinct from x.name
        and (x.phone is null or c.phone is not distinct from x.phone))
    on conflict (account_id, provider_id) do update set
        name = case when (excluded.named_at, coalesce(excluded.name, '')) > (known.named_at, coalesce(known.name, ''))
            then coalesce(excluded.name, known.name) else known.name end,
        phone = coalesce(known.phone, excluded.phone),
        named_at = greatest(known.named_at, excluded.named_at),
        updated_at = now()""",
)


async def upsert_contacts(cursor: Cursor, contacts: Sequence[Mapping[str, Any]]) -> None:
    """Keep {account_id, provider_id, name, phone, named_at}, one row a person. Safe to run twice."""
    await UPSERT_CONTACTS.execute(cursor, {"rows": orjson.dumps(contacts).decode()})
