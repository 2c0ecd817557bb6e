"""Whether and how a number asks for ratings."""

from typing import NamedTuple, TypedDict

from aiopg import Cursor


class SurveySettings(TypedDict):
    """Texts that are None are the default ones; without `thanks` ("") nothing answers a rating."""

    is_on: bool
    question: str | None
    thanks: str | None
    delay_minutes: int
    pause_days: int


OFF: SurveySettings = {
    "is_on": False,
    "question": None,
    "thanks": None,
    "delay_minutes": 5,
    "pause_days": 30,
}


class StoredSettings(NamedTuple):
    """The settings of a number, and its phone number, which tells its language."""

    settings: SurveySettings
    phone: str | None


async def fetch_settings(cursor: Cursor, account_id: int) -> StoredSettings:
    """The settings of an existing number; those of a new one ask for nothing. The caller authorises."""
    await cursor.execute(
        """select a.phone, o.is_on, o.question, o.thanks, o.delay_minutes, o.pause_days
           from channels_account a left join account_survey o on o.account_id = a.id where a.id = %s""",
        (account_id,),
    )
    phone, is_on, question, thanks, delay_minutes, pause_days = await cursor.fetchone()
    if is_on is None:
        return StoredSettings(OFF, phone)
    stored: SurveySettings = {
        "is_on": is_on,
        "question": question,
        "thanks": thanks,
        "delay_minutes": delay_minutes,
        "pause_days": pause_days,
    }
    return StoredSettings(stored, phone)


async def put_settings(cursor: Cursor, account_id: int, settings: SurveySettings) -> bool:
    """Store the settings; False if they were so already. The account must be locked."""
    await cursor.execute(
        """insert into account_survey as o (account_id, is_on, question, thanks, delay_minutes, pause_days)
           values (%(account_id)s, %(is_on)s, %(question)s, %(thanks)s, %(delay_minutes)s, %(pause_days)s)
           on conflict (account_id) do update set is_on = excluded.is_on, question = excluded.question,
               thanks = excluded.thanks, delay_minutes = excluded.delay_minutes, pause_days = excluded.pause_days,
               updated_at = now()
           where (o.is_on, o.question, o.thanks, o.delay_minutes, o.pause_days) is distinct from
               (excluded.is_on, excluded.question, excluded.thanks, excluded.delay_minutes, excluded.pause_days)
           returning true""",
        {"account_id": account_id, **settings},
    )
    return await cursor.fetchone() is not None
