"""A user who signs out, is disabled or loses an account loses all access, on every instance, within five seconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest
import redis
from aiopg import Cursor

from server.config import Config
from server.handlers import auth
from server.realtime.broker import publish
from server.realtime.events import make_push
from server.redis.channels import account_topic
from server.store.people import users
from server.web.app_keys import DATABASE, HUB, REDIS
from tests.support.factories import add_member, make_account, make_chat
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer, Socket, eventually

ENDED_WITHIN_SECONDS = 5.0
ME, LOGOUT = "/api/auth/me", "/api/auth/logout"
SIGN_IN = 4401


class Pair(NamedTuple):
    """Two web instances on one Postgres and one Redis."""

    near: Stack
    far: Stack

    def over_there(self, peer: Peer) -> Peer:
        """The same user with the same token, on the other instance."""
        return Peer(self.far.stranger.session, self.far.stranger.url, peer.token, peer.user_id)


@pytest.fixture
async def pair(config: Config) -> AsyncIterator[Pair]:
    async with run_stack(config, with_workers=False) as near, run_stack(config, with_workers=False) as far:
        yield Pair(near, far)


async def is_rejected(peer: Peer) -> bool:
    return (await peer.call("GET", ME)).status == 401


async def ended(*sockets: Socket) -> list[int | None]:
    async with asyncio.timeout(ENDED_WITHIN_SECONDS):
        return list(await asyncio.gather(*(socket.wait_closed() for socket in sockets)))


async def run_sql(stack: Stack, statement: str, *values: object) -> None:
    async def execute(cursor: Cursor) -> None:
        await cursor.execute(statement, values)

    await stack.app[DATABASE].write(execute)


async def test_signing_out_ends_that_sessions_sockets_and_tokens_everywhere(pair: Pair) -> None:
    leaving, staying = await pair.near.sign_in("ana"), await pair.near.sign_in("ana")
    ended_sockets = [await leaving.listen(), await pair.over_there(leaving).listen()]
    open_sockets = [await staying.listen(), await pair.over_there(staying).listen()]
    assert (await leaving.call("POST", LOGOUT)).status == 204
    assert await ended(*ended_sockets) == [SIGN_IN] * 2
    for peer in (leaving, pair.over_there(leaving)):
        await eventually(lambda peer=peer: is_rejected(peer), ENDED_WITHIN_SECONDS)  # type: ignore[misc]
        again = await peer.open_socket()
        assert not (await again.command("auth", token=peer.token))["ok"]
    for socket in open_sockets:
        assert (await socket.command("ping"))["ok"]
    assert not await is_rejected(pair.over_there(staying))


async def test_a_lost_sign_out_notification_changes_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while every subscription is cut again and again: the rows are authoritative."""

    async def say_nothing(_: object) -> None:
        return None

    monkeypatch.setattr(auth, "announce_access_change", say_nothing)
    leaving = await pair.near.sign_in("ana")
    far = pair.over_there(leaving)
    socket = await far.listen()
    client = redis.Redis.from_url(str(pair.near.config.redis.url))
    assert (await leaving.call("POST", LOGOUT)).status == 204
    closing = asyncio.create_task(ended(socket))

    async def is_closed() -> bool:
        client.client_kill_filter(_type="pubsub")
        return closing.done()

    await eventually(is_closed)
    client.close()
    assert await closing == [SIGN_IN]
    assert await is_rejected(far)


@pytest.mark.parametrize("how", ["disabled", "new password"])
async def test_a_disabled_user_loses_all_sessions_at_once(pair: Pair, how: str) -> None:
    first, second = await pair.near.sign_in("ana"), await pair.near.sign_in("ana")
    other = await pair.near.sign_in("bia")
    ended_sockets = [await first.listen(), await pair.over_there(second).listen()]
    witness = await pair.over_there(other).listen()
    database = pair.near.app[DATABASE]
    if how == "disabled":
        await database.write(users.set_active, first.user_id, False)
    else:
        await database.write(users.set_password, first.user_id, "a hash")
    assert await ended(*ended_sockets) == [SIGN_IN] * 2
    for peer in (second, pair.over_there(first)):
        await eventually(lambda peer=peer: is_rejected(peer), ENDED_WITHIN_SECONDS)  # type: ignore[misc]
    assert (await witness.command("ping"))["ok"]
    again = await pair.near.stranger.call("POST", "/api/auth/test-token", {"user_id": "ana"})
    assert again.status == (401 if how == "disabled" else 200)


async def test_an_instance_started_later_rejects_ended_sessions(config: Config) -> None:
    async with run_stack(config, with_workers=False) as before:
        leaving = await before.sign_in("ana")
        assert (await leaving.call("POST", LOGOUT)).status == 204
        async with run_stack(config, with_workers=False) as after:
            assert await is_rejected(Peer(after.stranger.session, after.stranger.url, leaving.token))


async def test_no_session_begins_while_its_user_is_being_disabled(web_only: Stack) -> None:
    """The login that has checked the password waits for the disabling transaction, and finds no active user."""
    agent = await web_only.sign_in("ana")
    database = web_only.app[DATABASE]
    async with database.transaction() as cursor:
        await users.set_active(cursor, agent.user_id, False)
        beginning = asyncio.create_task(
            database.write(users.insert_session, agent.user_id, b"hash", seconds=60)
        )

        async def waits() -> bool:
            async with database.cursor() as looking:
                await looking.execute("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
                return bool(await looking.fetchone())

        await eventually(waits)
    assert await beginning is None


async def test_no_session_begins_with_a_replaced_password(web_only: Stack) -> None:
    agent = await web_only.sign_in("ana")
    begin = web_only.app[DATABASE].write
    await begin(users.set_password, agent.user_id, "new")
    for password_hash, begins in (("old", False), ("new", True)):
        made = await begin(
            users.insert_session, agent.user_id, b"hash", seconds=60, password_hash=password_hash
        )
        assert (made is not None) == begins


Change = Callable[[Stack, int, int], Awaitable[None]]


async def drop_member(stack: Stack, account_id: int, user_id: int) -> None:
    statement = "delete from channels_account_member where account_id = %s and user_id = %s"
    await run_sql(stack, statement, account_id, user_id)


async def drop_account(stack: Stack, account_id: int, _: int) -> None:
    await run_sql(stack, "delete from channels_account where id = %s", account_id)


async def in_chat(peer: Peer, chat_id: int) -> Socket:
    """A socket in one chat's room only."""
    socket = await peer.open_socket()
    assert (await socket.command("auth", token=peer.token))["ok"]
    assert (await socket.command("join-chat", chat_id=chat_id))["ok"]
    return socket


@pytest.mark.parametrize("drop", [drop_member, drop_account])
async def test_a_removed_member_leaves_the_rooms_and_stays_signed_in(pair: Pair, drop: Change) -> None:
    owner, agent = await pair.near.sign_in("owner"), await pair.near.sign_in("ana")
    account_id = await make_account(pair.near, owner)
    other_id = await make_account(pair.near, agent, "acc-2")
    chat_id = await make_chat(pair.near, account_id)
    await add_member(pair.near, account_id, agent, "agent")
    far = pair.over_there(agent)
    sockets = [await far.listen(), await in_chat(far, chat_id)]
    hub = pair.far.app[HUB]
    assert account_topic(account_id) in hub.membership.topics
    await drop(pair.near, account_id, agent.user_id)

    async def left() -> bool:
        return account_topic(account_id) not in hub.membership.topics

    await eventually(left, ENDED_WITHIN_SECONDS)
    for target_id, seq in ((account_id, 3), (other_id, 1)):
        await publish(
            pair.near.app[REDIS],
            target_id,
            [make_push("message:new", account_topic(target_id), seq, chat_id, "{}")],
        )
    await sockets[0].wait_for(lambda frame: frame.get("account_id") == other_id and frame.get("seq") == 1)
    for socket in sockets:
        assert (await socket.command("ping"))["ok"]
        heard = [frame for frame in socket.frames if frame.get("account_id") == account_id]
        assert not [frame for frame in heard if "seq" in frame]
        rejection = await socket.command("join-chat", chat_id=chat_id)
        assert (rejection["ok"], rejection["error"]["code"]) == (False, "not_found")


async def test_a_new_member_joins_the_rooms_without_a_redis_message(pair: Pair) -> None:
    owner, agent = await pair.near.sign_in("owner"), await pair.near.sign_in("ana")
    account_id = await make_account(pair.near, owner)
    far = pair.over_there(agent)
    socket = await far.listen()
    await add_member(pair.near, account_id, agent, "agent")
    await socket.wait_for_event("account:updated", id=account_id)
    await eventually(lambda: _has_joined(pair.far, account_id))
    chat_id = await make_chat(pair.near, account_id)
    await publish(
        pair.near.app[REDIS],
        account_id,
        [make_push("message:new", account_topic(account_id), seq, chat_id, "{}") for seq in (1, 2)],
    )
    await socket.wait_for(lambda frame: frame.get("account_id") == account_id and frame.get("seq") == 2)
    assert len(socket.events("account:updated")) == 1


async def _has_joined(stack: Stack, account_id: int) -> bool:
    listeners = stack.app[HUB].membership.topics.get(account_topic(account_id))
    return listeners is not None and bool(listeners.everything)
