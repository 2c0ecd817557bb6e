"""Tokens of hosted pages: stored as hashes, valid for one account and a limited time."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from aiopg import Cursor


class HostedLink(NamedTuple):
    """Who the account belongs to, when the page was requested, and the account it was made or used for, if any."""

    user_id: int
    provider: str
    external_account_id: str | None
    created_at: datetime


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


async def insert_link(
    cursor: Cursor,
    token: str,
    user_id: int,
    provider: str,
    seconds: int,
    external_account_id: str | None = None,
) -> None:
    """Store a token and delete expired ones. With an account it is good for reconnecting that one."""
    await cursor.execute("delete from channels_hosted_link where expires_at < now() - interval '1 day'")
    await cursor.execute(
        """insert into channels_hosted_link (token_hash, user_id, provider, expires_at, external_account_id)
           values (%s, %s, %s, now() + make_interval(secs => %s), %s) on conflict do nothing""",
        (_hash(token), user_id, provider, seconds, external_account_id),
    )


async def fetch_hosted_link(cursor: Cursor, token: str) -> HostedLink | None:
    """None for an unknown or expired token."""
    await cursor.execute(
        """select user_id, provider, external_account_id, created_at from channels_hosted_link
           where token_hash = %s and expires_at > now()""",
        (_hash(token),),
    )
    row = await cursor.fetchone()
    return row and HostedLink(*row)


async def use_hosted_link(cursor: Cursor, token: str, external_account_id: str) -> bool:
    """Use the token for this account; False if it was used for another one."""
    await cursor.execute(
        """update channels_hosted_link set external_account_id = %(account)s
           where token_hash = %(hash)s and expires_at > now()
               and coalesce(external_account_id, %(account)s) = %(account)s""",
        {"hash": _hash(token), "account": external_account_id},
    )
    return bool(cursor.rowcount)
