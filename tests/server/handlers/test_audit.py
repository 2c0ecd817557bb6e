"""The audit log: who did what to what, when and from where; for admins, in pages and as a file; append-only."""

import csv
import io
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from aiopg import Cursor

from server.config import Config
from server.store.people import audit, audit_pages
from server.store.people.audit import Actor
from server.web.app_keys import DATABASE
from tests.support.factories import sign_in_as, walk
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer

AUDIT, CHANNELS = "/api/audit", "/api/channels/whatsapp"
PROGRAM = {"User-Agent": "Mozilla/5.0 (X11) " + "x" * 500}


async def lines(admin: Peer, **wanted: object) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    items: list[dict[str, Any]] = (await admin.ok("GET", f"{AUDIT}?limit=100&{query}"))["items"]
    return items


async def write_lines(stack: Stack, count: int, **actor: Any) -> None:
    async def write(cursor: Cursor) -> None:
        for number in range(count):
            await audit.record(
                cursor, "contacts.exported", Actor(**({"name": "ana"} | actor)), ("thing", number)
            )

    await stack.app[DATABASE].write(write)


async def test_actions_on_an_account_are_in_the_audit_log(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    body = {"external_account_id": "acc-1"}
    account = (await owner.ok("POST", f"{CHANNELS}/connect", body, headers=PROGRAM))["account"]
    number = f"{CHANNELS}/{account['id']}"
    await owner.ok("PATCH", number, {"read_receipts": False})
    assert (await owner.call("PATCH", number, {"unknown": 1})).status == 422
    await owner.ok("DELETE", number)
    found = [line for line in await lines(owner) if line["target_kind"] == "account"]
    assert [line["action"] for line in found] == ["account.disconnected", "account.changed", "account.added"]
    assert {line["target_id"] for line in found} == {str(account["id"])}
    assert {(line["actor_id"], line["address"]) for line in found} == {(owner.user_id, "127.0.0.1")}
    # By which program, as far as it fits, and without what no screen shows.
    assert found[-1]["user_agent"].startswith("Mozilla/5.0 (X11) xxx")
    assert len(found[-1]["user_agent"]) <= audit.MAX_USER_AGENT


async def test_denials_are_in_the_audit_log_and_reveal_nothing(web_only: Stack) -> None:
    owner, agent = await sign_in_as(web_only, "owner"), await web_only.sign_in("agent")
    for path in (AUDIT, AUDIT + "/export"):
        assert (await agent.call("GET", path)).status == 403
        assert (await web_only.stranger.call("GET", path)).status == 401
    denials = await lines(owner, action="access.refused")
    assert [line["actor_id"] for line in denials] == [agent.user_id] * 2
    assert {line["details"]["what"] for line in denials} == {"list_audit", "export_audit"}


async def test_the_client_behind_a_listed_proxy_is_named(config: Config) -> None:
    own = replace(config, web=replace(config.web, trusted_proxies=("127.0.0.1",)))
    async with run_stack(own, with_workers=False) as stack:
        owner = await sign_in_as(stack, "owner")
        agent = await stack.sign_in("agent")
        await agent.call("GET", AUDIT, headers={"X-Forwarded-For": "203.0.113.9"})
        (line,) = await lines(owner, action="access.refused")
        assert line["address"] == "203.0.113.9"


async def test_the_audit_log_is_paged_and_filtered_by_action_user_and_time(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    await write_lines(web_only, 12, user_id=77)
    await write_lines(web_only, 3, user_id=78)
    everything = await walk(owner, AUDIT, 4)
    assert [line["id"] for line in everything] == sorted((line["id"] for line in everything), reverse=True)
    assert len(await lines(owner, actor_id=77)) == 12
    assert len(await lines(owner, action="contacts.exported")) == 15
    assert len(await lines(owner, action="contacts.exported", actor_id=78)) == 3
    assert await lines(owner, action="test") == []
    middle = everything[7]["at"]
    since, until = await lines(owner, since=middle), await lines(owner, until=middle)
    assert len(since) + len(until) == len(everything)
    assert all(line["at"] >= middle for line in since)
    assert all(line["at"] < middle for line in until)
    for query in ("since=yesterday", "actor_id=-1", "actor_id=x", "action=", "cursor=nonsense", "unknown=1"):
        assert (await owner.call("GET", f"{AUDIT}?{query}")).status == 422


async def test_the_audit_file_is_complete_and_contains_no_formula(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.handlers.audit.LINES_PER_READ", 4)
    owner = await sign_in_as(web_only, "owner")
    await write_lines(web_only, 9, name='=HYPERLINK("https://evil.example")', address="@SUM(1)")
    answer = await owner.call("GET", AUDIT + "/export?action=contacts.exported")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert answer.raw.startswith(b"\xef\xbb\xbfid,")  # Excel takes it for UTF-8
    head, *rows = csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline=""))
    assert head[:4] == ["id", "at", "action", "actor"]
    assert [row[7] for row in rows] == [str(number) for number in reversed(range(9))]
    assert {row[3] for row in rows} == {'\'=HYPERLINK("https://evil.example")'}
    assert {row[9] for row in rows} == {"'@SUM(1)"}
    # Taking it along is written down too.
    assert (await lines(owner))[0]["action"] == "audit.exported"


async def test_only_the_retention_deletes_audit_lines_and_only_old_ones(web_only: Stack) -> None:
    await write_lines(web_only, 2)
    database = web_only.app[DATABASE]
    assert await database.write(audit_pages.prune, 30, 10) == 0

    async def age(cursor: Cursor) -> None:
        await cursor.execute(
            "insert into audit_log (at, action, actor) values (now() - interval '31 days', 'test.old', 'ana')"
        )

    await database.write(age)
    assert await database.write(audit_pages.prune, 30, 10) == 1

    async def forbidden(cursor: Cursor) -> None:
        await audit_pages.prune(cursor, 30, 10)
        await cursor.execute("delete from audit_log")

    with pytest.raises(psycopg2.errors.RestrictViolation):
        await database.write(forbidden)
    owner = await sign_in_as(web_only, "owner")
    assert len(await lines(owner, action="contacts.exported")) == 2
