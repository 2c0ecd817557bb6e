"""Erasure digests: keyed hashes of erased provider ids, so that late duplicates cannot resurrect erased data."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from aiopg import Cursor

KEY_ID_BYTES = 16


class NameHasher:
    """Hashes ids with the server's secret, so that a copy of the rows does not allow trying phone numbers.

    Of several secrets the first makes the digests that are stored; those of the others are recognised.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [hashlib.sha256(b"confab erased\n" + secret.encode()).digest() for secret in secrets]

    def of(self, account_id: int, name: str) -> bytes:
        """The digest of an id within an account."""
        return self.all_of(account_id, name)[0]

    def all_of(self, account_id: int, name: str) -> list[bytes]:
        """The digests of an id within an account, by all keys."""
        text = f"{account_id}\n{name}".encode("utf-8", "surrogatepass")
        return [hmac.digest(key, text, "sha256") for key in self._keys]

    def of_account(self, provider: str, external_account_id: str) -> bytes:
        """The digest of a whole account; under account 0, which does not exist, so that it equals no other."""
        return self.of(0, f"{provider}\n{external_account_id}")

    def all_of_account(self, provider: str, external_account_id: str) -> list[bytes]:
        """The digests of a whole account, by all keys."""
        return self.all_of(0, f"{provider}\n{external_account_id}")

    @property
    def key_ids(self) -> list[bytes]:
        """What names each key without revealing it, in the same order."""
        return [hashlib.sha256(b"name of\n" + key).digest()[:KEY_ID_BYTES] for key in self._keys]


async def note_key(cursor: Cursor, hasher: NameHasher) -> None:
    """Record that digests are made with the first key."""
    await cursor.execute(
        "insert into channels_erasure_key (key_id) values (%s) on conflict do nothing", (hasher.key_ids[0],)
    )


async def count_missing_keys(cursor: Cursor, hasher: NameHasher) -> int:
    """How many keys have made digests and are missing now: what was erased with them can come back."""
    await cursor.execute(
        "select count(*) from channels_erasure_key where key_id <> all (%s::bytea[])", (hasher.key_ids,)
    )
    (missing,) = await cursor.fetchone()
    return int(missing)


async def mark_erased(
    cursor: Cursor, hasher: NameHasher, account_id: int, names: Collection[str], erased_at: datetime
) -> None:
    """Store digests of these ids with the time of the erase; safe to run twice."""
    if not names:
        return
    await note_key(cursor, hasher)
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
    """When these (account id, id) were erased; those that were not are missing. One index lookup per id and key."""
    digests = {
        (account_id, digest): name
        for account_id, name in set(names)
        for digest in hasher.all_of(account_id, name)
    }
    await cursor.execute(
        """select e.account_id, e.digest, e.erased_at
           from unnest(%s::bigint[], %s::bytea[]) as x (account_id, digest)
           cross join lateral (select t.* from channels_erased t
                               where t.account_id = x.account_id and t.digest = x.digest limit 1) e""",
        ([key[0] for key in digests], [key[1] for key in digests]),
    )
    found: dict[tuple[int, str], datetime] = {}
    for account_id, digest, erased_at in await cursor.fetchall():
        name = account_id, digests[account_id, bytes(digest)]
        # Erased twice, with different keys: the later one counts.
        found[name] = max(erased_at, found.get(name, erased_at))
    return found


async def has_erased(cursor: Cursor, provider: str, external_account_id: str) -> int | None:
    """The account's id if a contact of it was erased, else None."""
    await cursor.execute(
        "select id from channels_account where provider = %s and external_account_id = %s and has_erased",
        (provider, external_account_id),
    )
    row = await cursor.fetchone()
    return row and int(row[0])
