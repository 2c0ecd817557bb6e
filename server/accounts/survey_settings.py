"""Whether and how a number asks for ratings: changed with the audit record, and read with its default texts."""

from aiopg import Cursor

from server.errors import NotFound
from server.rules.answering.surveys import texts_of
from server.store.accounts.accounts import lock_account
from server.store.automation.feed_cursors import start_cursor, stop_cursor
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.surveys import survey_settings
from server.store.surveys.survey_settings import StoredSettings, SurveySettings

# Of the cursors in feed_cursor: never changed.
CONSUMER = "surveys"


async def change_survey_settings(
    cursor: Cursor, account_id: int, settings: SurveySettings, actor: Actor
) -> StoredSettings:
    """Store the settings, and let the workers follow the number's feed while it asks."""
    if await lock_account(cursor, account_id) is None:
        raise NotFound
    if await survey_settings.put_settings(cursor, account_id, settings):
        await (start_cursor if settings["is_on"] else stop_cursor)(cursor, CONSUMER, account_id)
        await audit.record(cursor, "survey.changed", actor, ("account", account_id), {**settings})
    return await survey_settings.fetch_settings(cursor, account_id)


def shown_settings(stored: StoredSettings) -> dict[str, object]:
    """The settings as REST shows them, with the texts that stand for null."""
    return {**stored.settings, "defaults": texts_of(stored.phone)._asdict()}
