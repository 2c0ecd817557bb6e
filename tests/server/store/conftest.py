"""A pool on an emptied database, with one user and one account."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from server.rules.account_states import Seen
from server.store.accounts import accounts
from server.store.db import database as pool
from server.store.db.database import Database
from server.store.people import users


@dataclass(frozen=True)
class RowOwner:
    """The rows that a store function needs."""

    database: Database
    user_id: int
    account_id: int


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[RowOwner]:
    database = await pool.connect(database_url, size=6, statement_timeout_ms=5000, connect_timeout_seconds=3)
    user = await database.write(users.ensure_user, "ana@x.example", "Ana", "agent")
    account_id = await database.write(
        accounts.take_over_account, user.id, "whatsapp", "acc-1", seen=Seen.WORKS
    )
    assert account_id is not None
    yield RowOwner(database, user.id, account_id)
    await database.close()
