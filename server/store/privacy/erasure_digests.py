"""Erasure digests: keyed hashes of erased provider ids, so that late duplicates cannot resurrect erased data."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from aiopg import Cursor


class NameHasher:
    """Hashes ids with the server's secret, so that a copy of the rows does not allow trying phone numbers."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"confab erased\n" + secret.encode()).digest()

    def of(self, account_id: int, name: str) -> bytes:
        """The digest of an id within an account."""
        text = f"{account_id}\n{name}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256")

    def of_account(self, provider: str, external_account_id: str) -> bytes:
        """The digest of a whole account; under account 0, which does not exist, so that it equals no other."""
        return self.of(0, f"{provider}\n{external_account_id}")


async def mark_erased(
    cursor: Cursor, hasher: NameHasher, account_id: int, names: Collection[str], erased_at: datetime
) -> None:
    """Store digests of these ids with the time of the erase; safe to run twice."""
    if not names:
        return
    await cursor.execute(
        """insert into channels_erased as stored (account_id, digest, erased_at)
           select %(account_id)s, digest, %(erased_at)s from unnest(%(digests)s::bytea[]) digest
           on conflict (account_id, digest) do update set erased_at = greatest(stored.erased_at, excluded.erased_at)""",
        {
            "account_id": account_id,
            "erased_at": erased_at,
            "digests": sorted({hasher.of(account_id, name) for name in names}),
        },
    )


async def find_erased(
    cursor: Cursor, hasher: NameHasher, names: Iterable[tuple[int, str]]
) -> Mapping[tuple[int, str], datetime]:
    """When these (account id, id) were erased; those that were not are missing. One index lookup per id."""
    digests = {(account_id, hasher.of(account_id, name)): name for account_id, name in set(names)}
    await cursor.execute(
        """select e.account_id, e.digest, e.erased_at
           from unnest(%s::bigint[], %s::bytea[]) as x (account_id, digest)
           cross join lateral (select t.* from channels_erased t
                               where t.account_id = x.account_id and t.digest = x.digest limit 1) e""",
        ([key[0] for key in digests], [key[1] for key in digests]),
    )
    return {
        (account_id, digests[account_id, bytes(digest)]): erased_at
        for account_id, digest, erased_at in await cursor.fetchall()
    }


async def has_erased(cursor: Cursor, provider: str, external_account_id: str) -> int | None:
    """The account's id if a contact of it was erased, else None."""
    await cursor.execute(
        "select id from channels_account where provider = %s and external_account_id = %s and has_erased",
        (provider, external_account_id),
    )
    row = await cursor.fetchone()
    return row and int(row[0])
