"""Whose plan a request uses: read when the request arrives, and checked against the account's row when it counts."""

import time
from dataclasses import dataclass

from aiopg import Cursor

from server.config.plans import Plans
from server.rules.plans import Grant, Rights, merge_grants
from server.store.plans import entitlements


async def read_rights(cursor: Cursor, plans: Plans, user_id: int, provider: str) -> Rights:
    """What the user's plan allows for this provider, as this transaction sees it."""
    rows = await entitlements.list_grants(cursor, user_id, provider)
    return merge_grants(plans, provider, (Grant(*row) for row in rows), time.time())


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose plan a request uses and what it allows, as of the request's arrival."""

    user_id: int
    rights: Rights
    plans: Plans

    async def rights_of(self, cursor: Cursor, user_id: int) -> Rights:
        """The rights of the payer in the account's row, which may have been transferred since the request arrived."""
        if user_id == self.user_id:
            return self.rights
        return await read_rights(cursor, self.plans, user_id, self.rights.provider)
