"""The socket's part in presence: under which name somebody is seen, and who may be seen typing."""

from aiohttp import web

from server.errors import ConfabError
from server.store.chats.chats import ReachableChat
from server.store.people import users
from server.web.app_keys import DATABASE, PRESENCE


async def introduce(app: web.Application, user_id: int) -> None:
    """Read the name under which the others see this user."""
    user = await app[DATABASE].read(users.fetch_user, user_id)
    if user is not None:
        app[PRESENCE].introduce(user_id, user.name or user.email)


async def note_typing(app: web.Application, user_id: int, chat: ReachableChat, is_on: object) -> None:
    """Take a `typing` command of somebody who may answer in the chat."""
    if not isinstance(is_on, bool):
        raise ConfabError("invalid", "on is true or false.")
    await introduce(app, user_id)
    app[PRESENCE].set_typing(chat.account_id, chat.id, user_id, is_on=is_on)
