"""Presence and typing: each user once over tabs and instances, and no user longer than they are there."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from server.config import Config
from server.realtime.broker import publish_signal
from server.realtime.signals import Report, Signal, encode_signal
from server.web.app_keys import HUB, PRESENCE, REDIS
from tests.support.factories import add_member, make_account, make_chat
from tests.support.fixtures_stack import Stack, WebServer, run_stack
from tests.support.peers import Peer, Socket, eventually
from tests.support.ports import free_port


@dataclass
class Team:
    """Ana and Bea share an account, Zoe has no access to it; `there` is a second web instance."""

    stack: Stack
    there: WebServer
    ana: Peer
    bea: Peer
    zoe: Peer
    account_id: int
    chat_id: int

    def moved(self, peer: Peer) -> Peer:
        """The same user at the second instance."""
        return replace(peer, url=f"http://127.0.0.1:{self.there._config.web.port}")


@asynccontextmanager
async def running(config: Config, **realtime: Any) -> AsyncIterator[Team]:
    limits = {"presence_refresh_seconds": 0.4, "typing_seconds": 0.6} | realtime
    config = replace(config, realtime=replace(config.realtime, **limits))
    async with run_stack(config, with_workers=False) as stack:
        ana, bea, zoe = [await stack.sign_in(name) for name in ("Ana", "Bea", "Zoe")]
        account_id = await make_account(stack, ana)
        await add_member(stack, account_id, bea, "agent")
        chat_id = await make_chat(stack, account_id)
        there = WebServer(replace(stack.config, web=replace(stack.config.web, port=free_port())))
        await there.start()
        try:
            yield Team(stack, there, ana, bea, zoe, account_id, chat_id)
        finally:
            await there.stop()


@pytest.fixture
async def team(config: Config) -> AsyncIterator[Team]:
    async with running(config) as found:
        yield found


def last(socket: Socket, event: str) -> list[str] | None:
    """The names of the newest push of this kind; None before the first."""
    pushes = socket.events(event)
    return [user["name"] for user in pushes[-1]["data"]["users"]] if pushes else None


async def until(socket: Socket, event: str, *names: str) -> None:
    async def is_so() -> bool:
        return last(socket, event) == list(names)

    await eventually(is_so)


async def test_colleagues_see_who_has_the_chat_open(team: Team) -> None:
    ana, bea = await team.ana.listen(), await team.bea.listen()
    assert (await ana.command("join-chat", chat_id=team.chat_id))["ok"]
    await until(bea, "presence", "Ana")
    (push,) = bea.events("presence")
    assert push == {
        "event": "presence",
        "account_id": team.account_id,
        "data": {"chat_id": team.chat_id, "users": [{"user_id": team.ana.user_id, "name": "Ana"}]},
    }
    await bea.command("join-chat", chat_id=team.chat_id)
    await until(ana, "presence", "Ana", "Bea")
    assert (await ana.command("leave-chat", chat_id=team.chat_id))["ok"]
    await until(bea, "presence", "Bea")


async def test_two_instances_show_the_same_also_to_a_socket_that_joins_later(team: Team) -> None:
    here = await team.ana.listen()
    await here.command("join-chat", chat_id=team.chat_id)
    await here.command("typing", chat_id=team.chat_id, on=True)
    there = await team.moved(team.bea).listen()  # its instance had not subscribed to the account before
    await until(there, "presence", "Ana")
    await there.command("join-chat", chat_id=team.chat_id)
    await until(here, "presence", "Ana", "Bea")
    again = await team.moved(team.bea).listen()
    assert last(again, "presence") == ["Ana", "Bea"]  # before join-user was acknowledged


async def test_several_tabs_show_one_user_until_the_last_is_closed(team: Team) -> None:
    watcher = await team.bea.listen()
    tabs = [await peer.listen() for peer in (team.ana, team.ana, team.moved(team.ana))]
    for tab in tabs:
        await tab.command("join-chat", chat_id=team.chat_id)
    await until(watcher, "presence", "Ana")
    for tab in tabs[:2]:
        await tab.close()
    await eventually(lambda: _sockets_left(team, 1))
    assert last(watcher, "presence") == ["Ana"]
    tabs[2].socket._writer.transport.abort()
    await until(watcher, "presence")


async def _sockets_left(team: Team, count: int) -> bool:
    return len(team.stack.app_connections()) == count


async def test_typing_is_pushed_and_expires(team: Team) -> None:
    ana, bea = await team.ana.listen(), await team.moved(team.bea).listen()
    assert (await ana.command("typing", chat_id=team.chat_id, on=True))["ok"]
    await until(bea, "typing", "Ana")
    await until(bea, "typing")  # not repeated
    await ana.command("typing", chat_id=team.chat_id, on=True)
    await until(bea, "typing", "Ana")
    await ana.command("typing", chat_id=team.chat_id, on=False)
    await until(bea, "typing")
    assert bea.events("presence") == []  # typing does not open the chat


async def test_typing_that_continues_is_pushed_once(config: Config) -> None:
    async with running(config, typing_seconds=6.0) as team:
        ana, bea = await team.ana.listen(), await team.bea.listen()
        for _ in range(12):
            assert (await ana.command("typing", chat_id=team.chat_id, on=True))["ok"]
        await until(bea, "typing", "Ana")
        await bea.command("ping")
        assert len(bea.events("typing")) == 1


async def test_users_of_a_silent_instance_disappear(team: Team) -> None:
    watcher = await team.bea.listen()
    ghost = Signal("killed", {team.chat_id: Report({99: "Ghost"}, {99: "Ghost"})}, is_question=False)
    await publish_signal(team.stack.app[REDIS], team.account_id, encode_signal(ghost))
    await until(watcher, "presence", "Ghost")
    await until(watcher, "presence")


async def test_typing_at_a_silent_instance_expires_before_its_presence(config: Config) -> None:
    async with running(config, presence_refresh_seconds=60.0) as team:
        watcher = await team.bea.listen()
        ghost = Signal("killed", {team.chat_id: Report({99: "Ghost"}, {99: "Ghost"})}, is_question=False)
        await publish_signal(team.stack.app[REDIS], team.account_id, encode_signal(ghost))
        await until(watcher, "typing", "Ghost")
        await until(watcher, "typing")
        assert last(watcher, "presence") == ["Ghost"]


async def test_repeated_reports_push_nothing(team: Team) -> None:
    watcher, ana = await team.moved(team.bea).listen(), await team.ana.listen()
    await ana.command("join-chat", chat_id=team.chat_id)
    await until(watcher, "presence", "Ana")
    presence = team.there.app[PRESENCE]
    first = presence._received[team.account_id][team.chat_id].copy()

    async def was_repeated_often() -> bool:
        (heard,) = presence._received[team.account_id][team.chat_id].values()
        return heard.at > next(iter(first.values())).at + 3 * 0.4

    await eventually(was_repeated_often)
    assert len(watcher.events("presence")) == 1


async def test_a_paused_process_expires_no_report(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, ana = await team.moved(team.bea).listen(), await team.ana.listen()
    await ana.command("join-chat", chat_id=team.chat_id)
    await until(watcher, "presence", "Ana")
    heard = team.there.app[PRESENCE]._received[team.account_id][team.chat_id]
    (before,) = heard.values()
    # Both instances find that 1.5 s have passed since their last round.
    paused = SimpleNamespace(monotonic=lambda: time.monotonic() + 1.5)
    monkeypatch.setattr("server.realtime.presence.time", paused)

    async def was_repeated() -> bool:
        return all(now.at > before.at for now in heard.values())

    await eventually(was_repeated)
    assert len(watcher.events("presence")) == 1


async def test_nothing_is_published_when_nothing_changes(config: Config) -> None:
    async with running(config, presence_refresh_seconds=60.0) as team:
        said = count_publishes(team)
        tabs = [await team.ana.listen() for _ in range(5)]
        for tab in tabs:
            await tab.command("join-chat", chat_id=team.chat_id)
        await until(tabs[0], "presence", "Ana")
        before = len(said)
        more = [await team.ana.listen() for _ in range(5)]
        for tab in more:
            await tab.command("join-chat", chat_id=team.chat_id)
            await tab.command("leave-chat", chat_id=team.chat_id)
        await team.stack.app[PRESENCE].flush()
        assert len(said) == before


def count_publishes(team: Team) -> list[int]:
    """Every signal that the first instance publishes from here on."""
    presence, said = team.stack.app[PRESENCE], list[int]()
    publish = presence._publish

    async def counting(account_id: int, payload: bytes) -> None:
        said.append(account_id)
        await publish(account_id, payload)

    presence._publish = counting
    return said


async def test_users_without_access_neither_see_nor_are_seen(team: Team) -> None:
    zoe, ana = await team.zoe.listen(), await team.ana.listen()
    for event, more in (("join-chat", {}), ("typing", {"on": True})):
        answer = await zoe.command(event, chat_id=team.chat_id, **more)
        assert (answer["ok"], answer["error"]["code"]) == (False, "not_found")
    await ana.command("join-chat", chat_id=team.chat_id)
    await ana.command("typing", chat_id=team.chat_id, on=True)
    await until(ana, "typing", "Ana")
    assert (await zoe.command("ping"))["ok"]
    assert zoe.events("presence") + zoe.events("typing") == []


async def test_typing_is_rejected_for_viewers_and_with_invalid_data(team: Team) -> None:
    ana = await team.ana.listen()
    await add_member(team.stack, team.account_id, team.zoe, "viewer")
    viewer = await team.zoe.listen()
    answer = await viewer.command("typing", chat_id=team.chat_id, on=True)
    assert (answer["ok"], answer["error"]["code"]) == (False, "forbidden")
    for data in ({}, {"on": None}, {"on": 1}, {"on": "yes"}):
        answer = await ana.command("typing", chat_id=team.chat_id, **data)
        assert (answer["ok"], answer["error"]["code"]) == (False, "invalid")
    for chat_id in (None, -1, "1", 2**70, team.chat_id + 1000):
        answer = await ana.command("typing", chat_id=chat_id, on=True)
        assert (answer["ok"], answer["error"]["code"]) == (False, "not_found")


async def test_a_stopping_instance_reports_that_its_users_left(config: Config) -> None:
    async with running(config, presence_refresh_seconds=60.0) as team:
        watcher, ana = await team.bea.listen(), await team.moved(team.ana).listen()
        await ana.command("join-chat", chat_id=team.chat_id)
        await until(watcher, "presence", "Ana")
        await team.there.stop()
        await until(watcher, "presence")


async def test_no_state_is_left_when_all_users_have_left(team: Team) -> None:
    ana = await team.ana.listen()
    await ana.command("join-chat", chat_id=team.chat_id)
    await ana.command("typing", chat_id=team.chat_id, on=True)
    await until(ana, "typing", "Ana")
    await ana.close()
    presence, membership = team.stack.app[PRESENCE], team.stack.app[HUB].membership

    async def is_empty() -> bool:
        return presence.is_empty and not membership.open_chats()

    await eventually(is_empty)
