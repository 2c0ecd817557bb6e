"""The list of contacts of a user's accounts: by name, filtered, a page at a time."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chats import containing, named_like
from server.store.chats.sight import knows
from server.store.contacts.contact_values import LISTED_JSON
from server.store.db.keyset_pages import Key, Page, page_of

# The first letters of the folded name; without a name last. The index `channels_contact_by_name` has the same words.
SORT_KEY = """(left(coalesce(k.folded, U&'\\+10FFFF'), 40) collate "C")"""
IS_FOUND = """(k.folded like %(named)s or k.phone like any(%(phones)s::text[])
    or lower(k.username) like %(lowered)s or k.provider_id like %(lowered)s
    or k.id in (select v.contact_id from channels_contact_value v
        join contact_field f on f.id = v.field_id and f.deleted_at is null
        where v.account_id = u.account_id and lower(v.value #>> '{}') like %(lowered)s))"""
HAS_LABELS = """k.id in (
    select x.contact_id from channels_contact_label x
    where x.account_id = u.account_id and x.label_id = any(%(labels)s::bigint[])
    group by x.contact_id having count(*) = cardinality(%(labels)s::bigint[]))"""


def _statement(conditions: Sequence[str]) -> str:
    """A page of each account, then of all."""
    return f"""
    with found as (
        select f.id, f.sort_key from channels_account_member u
        join channels_account a on a.id = u.account_id and a.provider = %(provider)s
        cross join lateral (
            select k.id, {SORT_KEY} as sort_key from channels_contact k
            where k.account_id = u.account_id and ({SORT_KEY}, k.id) > (%(after_key)s, %(after_id)s)
                and {" and ".join([knows(), *conditions])}
            order by {SORT_KEY}, k.id limit %(limit)s + 1) f
        where u.user_id = %(user_id)s and (%(account_id)s::bigint is null or u.account_id = %(account_id)s)
            and (%(reachable)s::bigint[] is null or u.account_id = any(%(reachable)s::bigint[]))
        order by f.sort_key, f.id limit %(limit)s + 1
    )
    select {LISTED_JSON}, encode(convert_to(found.sort_key, 'UTF8'), 'hex'), k.id
    from found join channels_contact k on k.id = found.id
    join channels_account_member u on u.account_id = k.account_id and u.user_id = %(user_id)s
    order by found.sort_key, k.id"""


class ContactFilter(NamedTuple):
    """Which contacts: of one account, that contain a text in their name, phone, username, id or fields, that have all
    of these labels. `reachable` limits the accounts of an API key.
    """

    account_id: int | None = None
    text: str | None = None
    labels: tuple[int, ...] = ()
    reachable: Collection[int] | None = None


async def list_contacts(
    cursor: Cursor, user_id: int, provider: str, wanted: ContactFilter, *, limit: int, after: Key | None
) -> Page:
    """A page of the contacts that the user knows, by folded name; sort keys are in hex."""
    # A search finds each identity of a person.
    conditions = [IS_FOUND] if wanted.text else ["k.merged_into is null"]
    conditions += [HAS_LABELS] if wanted.labels else []
    text = wanted.text or ""
    values = {
        **named_like(text),
        "lowered": containing(text.strip().lstrip("@").lower()),
        "user_id": user_id,
        "provider": provider,
        "account_id": wanted.account_id,
        "labels": list(wanted.labels),
        "reachable": None if wanted.reachable is None else list(wanted.reachable),
        "limit": limit,
        "after_key": after[0] if after else "",
        "after_id": after[1] if after else 0,
    }
    await cursor.execute(_statement(conditions), values)
    return page_of(await cursor.fetchall(), limit)


async def list_label_names(cursor: Cursor) -> dict[int, str]:
    """The names of the shared labels."""
    await cursor.execute("select id, name from label where owner_id is null and deleted_at is null")
    return dict(await cursor.fetchall())
