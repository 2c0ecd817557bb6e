"""Contacts: one row per WhatsApp person, found by any alias (id) that the provider has for them."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.rules.amendments import KnownContact
from server.store.accounts import accounts
from server.store.chats.chat_rows import ContactReport
from server.store.chats.chats import CHANGED_CHAT, CHAT_LOOKUPS, ChangedChat
from server.store.chats.sight import knows, sees
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for

# The contact as REST and the socket show it; `provider_ids` are its aliases, `name` is ours, else WhatsApp's. Rows of
# deleted fields and labels may be left, but are not shown.
CONTACT_JSON = """
    row_to_json((select x from (select
        k.id, k.account_id, k.provider_id,
        (select jsonb_agg(a.alias order by a.alias collate "C") from channels_contact_alias a
         where a.contact_id = k.id and left(a.alias, 1) <> '#') as provider_ids,
        k.name, k.own_name, k.whatsapp_name, k.username, k.phone, k.avatar,
        coalesce((select jsonb_object_agg(v.field_id, v.value) from channels_contact_value v
                  join contact_field f on f.id = v.field_id and f.deleted_at is null
                  where v.contact_id = k.id), '{}') as fields,
        coalesce((select jsonb_agg(x.label_id order by x.added_at, x.label_id) from channels_contact_label x
                  join label l on l.id = x.label_id and l.deleted_at is null
                  where x.contact_id = k.id), '[]') as labels,
        k.merged_into, k.seq,
        rfc3339(k.created_at) as created_at, rfc3339(k.updated_at) as updated_at) x))::text"""


class ListedContact(TypedDict):
    """What a table of contacts has of CONTACT_JSON; the keys of `fields` are the fields' ids as text."""

    id: int
    provider_id: str
    username: str | None
    phone: str | None
    own_name: str | None
    whatsapp_name: str | None
    fields: dict[str, object]
    labels: list[int]


UPSERT_CONTACTS = Prepared("upsert_contacts", "select keep_contacts(%(rows)s::jsonb)")


async def upsert_contacts(cursor: Cursor, reports: Sequence[ContactReport]) -> None:
    """Insert or update contacts of locked accounts; the newest name and phone win in any order of arrival. Safe to run
    twice. It travels with the next statement; the ids of contacts that changed are in a setting of the transaction,
    which `list_changed_ids` and `insert_messages` read.
    """
    await UPSERT_CONTACTS.execute_later(cursor, {"rows": orjson.dumps(reports).decode()})


def ids_of(setting: str | None) -> list[int]:
    """The contact ids in the transaction's setting."""
    return [int(part) for part in (setting or "").split(",") if part]


async def list_changed_ids(cursor: Cursor) -> list[int]:
    """The ids of contacts that this transaction has changed visibly."""
    await cursor.execute("select current_setting('confab.changed_contacts', true)")
    row = await cursor.fetchone()
    return ids_of(row and row[0])


class ChangedContact(NamedTuple):
    """A contact after a change, with what a push of it needs."""

    account_id: int
    seq: int
    json: str


FETCH_CHANGED = Prepared(
    "fetch_changed_contacts",
    f"""select k.account_id, k.seq, {CONTACT_JSON} from unnest(%(contact_ids)s::bigint[]) wanted
        cross join lateral (select t.* from channels_contact t where t.id = wanted limit 1) k order by k.seq""",
)


async def fetch_changed_contacts(cursor: Cursor, contact_ids: Sequence[int]) -> list[ChangedContact]:
    """These contacts as they are pushed, by seq."""
    await FETCH_CHANGED.execute(cursor, {"contact_ids": list(contact_ids)})
    return [ChangedContact(*row) for row in await cursor.fetchall()]


# A direct chat shows its contact's name and picture, so it changes with them. Row by row, for the reason in chats.py.
BUMP_CHAT_SEQS = Prepared(
    "bump_chat_seqs",
    f"""
    with shown as (
        select c.id, c.account_id, row_number() over (partition by c.account_id order by c.id) as n
        from unnest(%(contact_ids)s::bigint[]) wanted
        cross join lateral (
            select t.id, t.account_id from channels_contact_alias a
            join channels_chat t on t.account_id = a.account_id and t.address = a.alias and t.kind = 'direct'
            where a.contact_id = wanted offset 0) c
        where c.id <> all(%(pushed)s::bigint[])
    ), {take_seqs_for("shown")}, c as (
        update channels_chat t set seq = seqs.base + shown.n, updated_at = now()
        from shown join seqs on seqs.account_id = shown.account_id where t.id = shown.id
        returning t.*
    )
    select {CHANGED_CHAT} from c {CHAT_LOOKUPS} order by c.account_id, c.seq""",
)


async def bump_chat_seqs(
    cursor: Cursor, contact_ids: Sequence[int], pushed: Sequence[int] = ()
) -> list[ChangedChat]:
    """Give the direct chats of these contacts new seqs and return them, except those in `pushed`, which have one from
    this transaction. The accounts are locked.
    """
    await BUMP_CHAT_SEQS.execute(cursor, {"contact_ids": list(contact_ids), "pushed": list(pushed)})
    return [ChangedChat(*row) for row in await cursor.fetchall()]


async def fetch_known_contacts(
    cursor: Cursor, account_id: int, aliases: Sequence[str]
) -> dict[str, KnownContact]:
    """The contacts behind these aliases, by alias; unknown ones are missing."""
    await cursor.execute(
        """select a.alias, k.id, k.name from channels_contact_alias a join channels_contact k on k.id = a.contact_id
           where a.account_id = %s and a.alias = any(%s)""",
        (account_id, list(aliases)),
    )
    return {row[0]: KnownContact(row[1], row[2]) for row in await cursor.fetchall()}


LIST_CONTACTS = f"""
    select {CONTACT_JSON}, a.alias from channels_contact_alias a join channels_contact k on k.id = a.contact_id
    where a.account_id = %s and a.alias = any(%s)"""


async def list_contacts(cursor: Cursor, account_id: int, aliases: Sequence[str]) -> dict[str, str]:
    """The contacts behind these aliases as JSON, by alias."""
    await cursor.execute(LIST_CONTACTS, (account_id, list(aliases)))
    return {row[1]: row[0] for row in await cursor.fetchall()}


class ChatContacts(NamedTuple):
    """A chat, its direct contact as JSON if known, and the number of its attachments."""

    provider_chat_id: str
    contact: str | None
    files: int


FETCH_CHAT_CONTACTS = f"""
    select c.provider_chat_id,
        (select jsonb_build_object('id', k.id, 'provider_id', k.provider_id, 'name', coalesce(k.name, c.title),
                                   'phone', k.phone, 'avatar', k.avatar)::text
         from channels_contact_alias a join channels_contact k on k.id = a.contact_id
         where c.kind = 'direct' and a.account_id = c.account_id and a.alias = c.address),
        (select coalesce(sum(jsonb_array_length(m.attachments)), 0)::integer from channels_message m
         where m.chat_id = c.id and m.attachments <> '[]')
    from channels_chat c
    join channels_account a on a.id = c.account_id and a.provider = %(provider)s
    join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
    where c.id = %(chat_id)s and c.account_id = %(account_id)s and {sees()}"""


async def fetch_chat_contacts(
    cursor: Cursor, user_id: int, provider: str, account_id: int, chat_id: int
) -> ChatContacts | None:
    """None if the chat does not exist or is not the user's."""
    values = {"user_id": user_id, "provider": provider, "account_id": account_id, "chat_id": chat_id}
    await cursor.execute(FETCH_CHAT_CONTACTS, values)
    row = await cursor.fetchone()
    return row and ChatContacts(*row)


async def find_by_phone(cursor: Cursor, account_id: int, phone: str) -> list[int]:
    """The contacts of the account with this phone number. Scans all of its contacts; for operators only."""
    await cursor.execute(
        "select id from channels_contact where account_id = %s and phone = %s order by id",
        (account_id, phone),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


class WantedPicture(NamedTuple):
    """A contact whose picture is to be fetched, with the hash and tag of the stored one."""

    contact_id: int
    account_id: int
    external_id: str
    avatar: str | None
    tag: str | None


async def take_due_pictures(cursor: Cursor, limit: int, seconds: float) -> list[int]:
    """Contacts of connected accounts whose picture is due; each is due again after `seconds`, so that one worker at a
    time fetches it.
    """
    await cursor.execute(
        """with due as (
               select k.id from channels_contact k join channels_account a on a.id = k.account_id
               where k.avatar_due_at <= now() and k.external_id is not null and a.status = 'connected'
               order by k.avatar_due_at limit %s for update of k skip locked)
           update channels_contact k set avatar_due_at = now() + make_interval(secs => %s)
           from due where k.id = due.id returning k.id""",
        (limit, seconds),
    )
    return [row[0] for row in await cursor.fetchall()]


async def fetch_wanted_picture(cursor: Cursor, contact_id: int) -> WantedPicture | None:
    """None if the contact does not exist or UniPile has no id for it."""
    await cursor.execute(
        """select id, account_id, external_id, avatar, avatar_tag from channels_contact
           where id = %s and external_id is not null""",
        (contact_id,),
    )
    row = await cursor.fetchone()
    return row and WantedPicture(*row)


UPSERT_PICTURE = Prepared(
    "update_picture",
    """update channels_contact set avatar_tag = %(tag)s::text,
           avatar_due_at = now() + make_interval(secs => %(seconds)s::double precision)
       where id = %(id)s::bigint and avatar is not distinct from %(avatar)s::text returning id""",
)


async def update_picture(
    cursor: Cursor, wanted: WantedPicture, avatar: str | None, tag: str | None, seconds: float
) -> bool:
    """Store a contact's picture and when it is due again; True if it differs from the stored one. Only a different
    picture is a change that locks the account and takes a seq, because most pictures are unchanged.
    """
    values = {"id": wanted.contact_id, "avatar": avatar, "tag": tag, "seconds": seconds}
    await UPSERT_PICTURE.execute(cursor, values)
    if await cursor.fetchone():
        return False
    await accounts.lock_account(cursor, wanted.account_id)
    await cursor.execute(
        """update channels_contact set avatar = %(avatar)s, avatar_tag = %(tag)s,
               avatar_due_at = now() + make_interval(secs => %(seconds)s)
           where id = %(id)s and avatar is distinct from %(avatar)s returning id""",
        values,
    )
    if not await cursor.fetchone():
        return False
    await cursor.execute("select number_contacts(%s)", ([wanted.contact_id],))
    return True


class Picture(NamedTuple):
    """A stored picture of a contact."""

    sha256: str
    size: int
    mimetype: str


async def fetch_picture(
    cursor: Cursor, user_id: int, provider: str, account_id: int, sha256: str
) -> Picture | None:
    """None if no contact that the user knows in the account has this picture."""
    await cursor.execute(
        f"""select b.sha256, b.size, b.mimetype from channels_media_blob b
            where b.sha256 = %(sha256)s and exists (
                select from channels_account a
                join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
                join channels_contact k on k.account_id = a.id and k.avatar = b.sha256
                where a.id = %(account_id)s and a.provider = %(provider)s and {knows()})""",
        {"user_id": user_id, "provider": provider, "account_id": account_id, "sha256": sha256},
    )
    row = await cursor.fetchone()
    return row and Picture(*row)


async def refetch_picture(cursor: Cursor, account_id: int, sha256: str) -> None:
    """Mark a picture whose blob is lost as due, for all contacts of the account that have it."""
    await cursor.execute(
        """update channels_contact set avatar = null, avatar_tag = null, avatar_due_at = now()
           where account_id = %s and avatar = %s""",
        (account_id, sha256),
    )
