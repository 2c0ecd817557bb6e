"""Whose plan a request uses: read when the request arrives, and checked against the account's row when it counts."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiopg import Cursor

from server.config.plans import Plans
from server.rules.plans import Grant, Rights, merge_grants
from server.store.plans import entitlements


async def read_rights(cursor: Cursor, plans: Plans, user_id: int, provider: str) -> Rights:
    """What the user's plan allows for this provider, as this transaction sees it."""
    rows = await entitlements.list_grants(cursor, user_id, provider)
    return merge_grants(plans, provider, (Grant(*row) for row in rows), time.time())


async def read_rights_of(
    cursor: Cursor, plans: Plans, keys: Sequence[tuple[int, str]]
) -> Mapping[tuple[int, str], Rights]:
    """The same for several users and providers."""
    grants: dict[tuple[int, str], list[Grant]] = defaultdict(list)
    for user_id, provider, row in await entitlements.list_grants_of(cursor, [key[0] for key in keys]):
        grants[user_id, provider].append(Grant(*row))
    return {key: merge_grants(plans, key[1], grants[key], time.time()) for key in keys}


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
