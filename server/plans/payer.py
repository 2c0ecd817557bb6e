"""Whose plan pays for what a request asks: known when it comes, and held against the number's row where it counts."""

import time
from dataclasses import dataclass

from aiopg import Cursor

from server.config.plans import Plans
from server.rules.plans import Grant, Rights, merge_grants
from server.store.plans import entitlements


async def read_rights(cursor: Cursor, plans: Plans, user_id: int, provider: str) -> Rights:
    """What the user may do with this provider, as this transaction sees it."""
    rows = await entitlements.list_grants(cursor, user_id, provider)
    return merge_grants(plans, provider, (Grant(*row) for row in rows), time.time())


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose plan a request uses and what it allows, as it was known when the request came."""

    user_id: int
    rights: Rights
    plans: Plans

    async def rights_of(self, cursor: Cursor, user_id: int) -> Rights:
        """What the plan allows of whom the number's row names: it may have been handed over meanwhile."""
        if user_id == self.user_id:
            return self.rights
        return await read_rights(cursor, self.plans, user_id, self.rights.provider)
