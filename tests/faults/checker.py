"""Invariants that must hold once a fault test has settled, whatever was cut, killed or lost."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.faults.followers import Follower
from tests.faults.rest import Rows as Screen
from tests.faults.rest import read_account
from tests.faults.traffic import Traffic
from tests.flows.rows import Rows
from tests.support.peers import Peer, eventually

SETTLED_WITHIN_SECONDS = 25.0
TAKEN = """
    select seq from channels_message where account_id = %s
    union all select seq from channels_chat where account_id = %s
    union all select seq from channels_contact where account_id = %s and seq > 0
    union all select changed_seq from channels_account where id = %s and changed_seq > 0"""


async def check(
    rows: Rows, traffic: Traffic, peers: Sequence[tuple[Peer, dict[str, int]]], followers: Sequence[Follower]
) -> None:
    """`peers` are users with the accounts they may see (external id -> id)."""
    accounts = {name: account_id for _, seen in peers for name, account_id in seen.items()}
    assert traffic.given_up == []
    await eventually(lambda: asyncio.to_thread(_is_stored, rows, traffic, accounts), SETTLED_WITHIN_SECONDS)
    heads = {
        account_id: await asyncio.to_thread(_settled_head, rows, account_id)
        for account_id in accounts.values()
    }
    for follower in followers:
        await eventually(lambda f=follower: _has_arrived(f, heads), SETTLED_WITHIN_SECONDS)  # type: ignore[misc]
    for account_id in accounts.values():
        check_seqs(rows, account_id)
    for peer, seen in peers:
        for account_id in seen.values():
            fresh = await read_account(peer, account_id)
            for follower in followers:
                if follower.user_id == peer.user_id:
                    different = differences(follower.shown(account_id), fresh)
                    assert different == [], different
    violations = [wrong for follower in followers for wrong in follower.violations]
    assert violations == [], violations


def differences(shown: Screen, fresh: Screen) -> list[str]:
    """What a screen shows wrongly, and what it lacks."""
    return [
        f"{key}: shown {shown.get(key)}, is {fresh.get(key)}"
        for key in sorted({*shown, *fresh})
        if shown.get(key) != fresh.get(key)
    ]


def _is_stored(rows: Rows, traffic: Traffic, accounts: dict[str, int]) -> bool:
    stored = rows.ask(
        "select provider_msg_id, account_id from channels_message where account_id = any(%s)",
        list(accounts.values()),
    )
    return sorted(stored) == sorted(
        (name, accounts[account]) for name, account in traffic.acknowledged.items()
    )


def _settled_head(rows: Rows, account_id: int) -> int:
    return int(rows.ask("select seq from channels_account where id = %s", account_id)[0][0])


async def _has_arrived(follower: Follower, heads: dict[int, int]) -> bool:
    return not follower.is_reading and all(
        follower.cursors.get(account_id, 0) >= head
        for account_id, head in heads.items()
        if account_id in follower.allowed
    )


def check_seqs(rows: Rows, account_id: int) -> None:
    """Each seq was assigned once, and none exceeds the account's counter."""
    seqs = Counter(_taken(rows, account_id))
    assert [seq for seq, count in seqs.items() if count > 1] == []
    assert max(seqs, default=0) <= _settled_head(rows, account_id)


def _taken(rows: Rows, account_id: int) -> list[int]:
    return [seq for (seq,) in rows.ask(TAKEN, *[account_id] * 4)]


def check_unbroken(rows: Rows, follower: Follower) -> None:
    """A client that was never cut received every seq once and in order; a seq that its row replaced before it could be
    pushed may be missing.
    """
    assert follower.joins == 1
    for account_id in follower.allowed:
        heard = [seq for account, seq in follower.seqs if account == account_id]
        assert heard == sorted(set(heard))
        missing = set(range(heard[0], heard[-1])) - set(heard)
        assert missing & set(_taken(rows, account_id)) == set()
