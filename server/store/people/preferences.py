"""The preferences of a user: how they are notified, and in which language."""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.rules.notifications import DEFAULTS
from server.store.db.seq import take_user_seqs_for

_DEFAULTS = orjson.dumps(DEFAULTS).decode()
# Of a row `p`; what it does not say is as by default. The events are in the order of the defaults.
PREFERENCES_JSON = f"""
    json_build_object('seq', coalesce(p.seq, 0), 'notifications', (
        select json_object_agg(d.key, d.value::jsonb || coalesce(p.notifications -> d.key, '{{}}'))
        from json_each('{_DEFAULTS}') d),
        'previews', coalesce(p.previews, false), 'language', p.language)::text"""


class PreferenceChanges(TypedDict, total=False):
    """What is given; events and channels that are absent stay too."""

    notifications: Mapping[str, Mapping[str, bool]]
    previews: bool
    language: str


class ChangedPreferences(NamedTuple):
    """The preferences of a user as JSON, with their seq in the user's feed."""

    seq: int
    json: str


async def fetch_preferences(cursor: Cursor, user_id: int) -> str:
    """The preferences as JSON; the defaults where nothing was chosen."""
    await cursor.execute(
        f"""select {PREFERENCES_JSON} from users u left join user_preferences p on p.user_id = u.id
            where u.id = %s""",
        (user_id,),
    )
    return str((await cursor.fetchone())[0])


async def fetch_language(cursor: Cursor, user_id: int) -> str:
    """The language of the user's push and mail."""
    await cursor.execute("select language from user_preferences where user_id = %s", (user_id,))
    row = await cursor.fetchone()
    return str(row[0]) if row and row[0] else "en"


async def change_preferences(cursor: Cursor, user_id: int, changes: PreferenceChanges) -> ChangedPreferences:
    """Change what is given, event by event and channel by channel."""
    await cursor.execute(
        f"""with own as (select %(user_id)s::bigint as user_id), {take_user_seqs_for("own")}
            insert into user_preferences as p (user_id, seq, notifications, previews, language)
            select user_id, base + 1, %(given)s::jsonb, coalesce(%(previews)s, false), %(language)s from user_seqs
            on conflict (user_id) do update set seq = excluded.seq, updated_at = now(),
                previews = coalesce(%(previews)s, p.previews), language = coalesce(%(language)s, p.language),
                notifications = p.notifications || coalesce((
                    select jsonb_object_agg(g.key, coalesce(p.notifications -> g.key, '{{}}') || g.value)
                    from jsonb_each(excluded.notifications) g), '{{}}')
            returning p.seq, {PREFERENCES_JSON}""",
        {
            "user_id": user_id,
            "given": orjson.dumps(changes.get("notifications", {})).decode(),
            "previews": changes.get("previews"),
            "language": changes.get("language"),
        },
    )
    return ChangedPreferences(*await cursor.fetchone())


# Of a row `p`: the same preferences without mail.
_WITHOUT_MAIL = """(
    select jsonb_object_agg(e.key, coalesce(p.notifications -> e.key, '{}') || '{"mail": false}')
    from jsonb_object_keys(%(events)s::jsonb) as e (key))"""


async def stop_mail(cursor: Cursor, user_id: int) -> ChangedPreferences | None:
    """Send the user no more mail about notifications; None if there is no such user or nothing to stop."""
    await cursor.execute(
        f"""with own as (
                select p.user_id from user_preferences p
                where p.user_id = %(user_id)s and p.notifications @? '$.*.mail ? (@ == true)'
            ), {take_user_seqs_for("own")}
            update user_preferences p set seq = s.base + 1, updated_at = now(), notifications = {_WITHOUT_MAIL}
            from user_seqs s where p.user_id = s.user_id returning p.seq, {PREFERENCES_JSON}""",
        {"user_id": user_id, "events": _DEFAULTS},
    )
    row = await cursor.fetchone()
    return row and ChangedPreferences(*row)
