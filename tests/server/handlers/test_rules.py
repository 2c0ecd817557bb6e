"""Rules over REST: who sees and changes them, what they may say, their order, trials and runs."""

from typing import Any

from aiopg import Cursor

from server.automation import rules as editing
from server.store.rules.active_rules import LIST_DUE
from server.web.app_keys import DATABASE
from tests.server.handlers.test_exports import ask, fetch, written
from tests.support.factories import (
    add_member,
    audit_lines,
    make_account,
    make_chats,
    make_label,
    make_rule,
    set_role,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer, Peer, eventually
from tests.support.ruled import ruling

NOTE = {"kind": "note", "text": "Oi"}
RULES, MONTHS = "/api/rules", 43_200


async def names(peer: Peer) -> list[str]:
    return [rule["name"] for rule in (await peer.ok("GET", RULES))["items"]]


async def create(peer: Peer, account_id: int, **more: Any) -> Answer:
    body = {"name": "Rule", "account_ids": [account_id], "event": "message_in", "actions": [NOTE]} | more
    return await peer.call("POST", RULES, body)


async def test_a_rule_is_stored_whole_and_audited(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    answer = await create(agent, account_id, name=" Night \n shift ", event="unreplied", minutes=30)
    rule = answer.body["rule"]
    assert (answer.status, rule["name"], rule["is_on"], rule["minutes"]) == (201, "Night shift", False, 30)
    (action,) = rule["actions"]
    assert {name: action[name] for name in NOTE} == NOTE
    assert (action["label_id"], action["user_ids"], action["wake_on_message"]) == (None, [], True)
    assert (rule["may_change"], rule["last_run_at"], rule["created_by"]["id"]) == (True, None, agent.user_id)
    path = f"{RULES}/{rule['id']}"
    changed = await agent.ok("PATCH", path, {"event": "closed", "minutes": None, "is_on": True})
    assert (changed["rule"]["event"], changed["rule"]["conditions"]) == ("closed", [])
    assert (await agent.call("DELETE", path)).status == 204
    assert (await agent.call("DELETE", path)).status == 404
    assert await names(agent) == []
    lines = [line for line in await audit_lines(web_only) if line.action.startswith("rule.")]
    assert {line.action for line in lines} == {"rule.created", "rule.changed", "rule.deleted"}


async def test_only_owners_of_all_accounts_change_a_rule(web_only: Stack) -> None:
    agent, ana = await web_only.sign_in(), await web_only.sign_in("ana")
    first, second = [await make_account(web_only, agent, name) for name in ("acc-1", "acc-2")]
    await add_member(web_only, first, ana, "owner")
    await add_member(web_only, second, ana, "agent")
    both = await make_rule(agent, first, name="Both", account_ids=[second, first])
    await make_rule(agent, second, name="Second")
    # Accounts that a user does not own are not named to them.
    (seen,) = (await ana.ok("GET", RULES))["items"]
    assert (seen["name"], seen["account_ids"], seen["may_change"]) == ("Both", [first], False)
    for method, body in (("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert (await ana.call(method, f"{RULES}/{both}", body)).status == 403
    answer = await create(ana, second)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["account_ids"])
    # Nor can a rule be extended to them, also not by admins of the team.
    own = await make_rule(ana, first)
    await set_role(web_only, ana, "admin")
    assert (await ana.call("PATCH", f"{RULES}/{own}", {"account_ids": [first, second]})).status == 422
    assert await names(await sign_in_as(web_only, "owner")) == []


async def test_a_key_of_some_accounts_changes_no_rules(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    for ids, status in ((None, 201), ([account_id], 403)):
        key = {"name": "crm", "scopes": ["manage"], "account_ids": ids}
        secret = (await agent.ok("POST", "/api/keys", key))["secret"]
        program = Peer(agent.session, agent.url, secret, agent.user_id)
        assert (await create(program, account_id)).status == status


async def test_what_a_rule_cannot_say_is_rejected(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    private = await make_label(agent, "Mine", shared=False)
    own = (await agent.ok("POST", "/api/replies", {"name": "Mine"}))["reply"]["id"]
    viewer = await web_only.sign_in("viewer")
    await add_member(web_only, account_id, viewer, "viewer")
    text = {"kind": "text", "test": "words", "texts": ["oi"]}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"event": "unreplied"}, "minutes"),
        ({"minutes": 5}, "minutes"),
        ({"event": "unreplied", "minutes": MONTHS + 1}, "minutes"),
        ({"event": "always"}, "event"),
        ({"name": " "}, "name"),
        ({"account_ids": []}, "account_ids"),
        ({"account_ids": [10**15]}, "account_ids"),
        ({"event": "closed", "conditions": [text]}, "conditions"),
        ({"conditions": [text] * 11}, "conditions"),
        ({"conditions": [text | {"texts": ["x" * 101]}]}, "conditions"),
        ({"conditions": [text | {"texts": []}]}, "conditions"),
        ({"conditions": [text | {"texts": ["x"] * 21}]}, "conditions"),
        ({"conditions": [text | {"test": "matches"}]}, "conditions"),
        ({"conditions": [text | {"test": "open"}]}, "conditions"),
        ({"conditions": [{"kind": "hours", "test": "open", "ids": [1]}]}, "conditions"),
        ({"conditions": [{"kind": "label", "test": "any", "ids": [private]}]}, "conditions"),
        ({"conditions": [{"kind": "team", "test": "one_of", "ids": [10**15]}]}, "conditions"),
        ({"conditions": [{"kind": "assignee", "test": "one_of", "ids": [10**15]}]}, "conditions"),
        ({"actions": []}, "actions"),
        ({"actions": [NOTE] * 11}, "actions"),
        ({"actions": [{"kind": "note"}]}, "actions"),
        ({"actions": [NOTE | {"label_id": 1}]}, "actions"),
        ({"actions": [NOTE | {"wake_on_message": False}]}, "actions"),
        ({"actions": [{"kind": "webhook", "text": "https://x.example"}]}, "actions"),
        ({"actions": [{"kind": "label", "label_id": private}]}, "actions"),
        ({"actions": [{"kind": "reply", "reply_id": own}]}, "actions"),
        ({"actions": [{"kind": "assign", "team_id": 10**15}]}, "actions"),
        ({"actions": [{"kind": "assign", "user_id": viewer.user_id}]}, "actions"),
        ({"actions": [{"kind": "notify", "user_ids": [10**15]}]}, "actions"),
    ]
    for more, field in cases:
        answer = await create(agent, account_id, **more)
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field]), more
    # Also what does not fit after a change of something else.
    rule = await make_rule(agent, account_id, conditions=[text])
    for body in ({"event": "closed"}, {"minutes": 5}, {"after_id": rule}, {"after_id": 10**15}, {}):
        assert (await agent.call("PATCH", f"{RULES}/{rule}", body)).status == 422, body


async def test_rules_have_an_order_and_a_limit(web_only: Stack, monkeypatch: Any) -> None:
    agent, ana = await web_only.sign_in(), await web_only.sign_in("ana")
    account_id = await make_account(web_only, agent)
    theirs = await make_rule(ana, await make_account(web_only, ana, "acc-2"))
    ids = {name: await make_rule(agent, account_id, name=name) for name in "ABCD"}
    for name, after, order in (
        ("D", "A", "ADBC"),
        ("A", "C", "DBCA"),
        ("B", None, "BDCA"),
        ("B", None, "BDCA"),
    ):
        await agent.ok("PATCH", f"{RULES}/{ids[name]}", {"after_id": after and ids[after]})
        assert "".join(await names(agent)) == order
    assert (await agent.call("PATCH", f"{RULES}/{ids['A']}", {"after_id": theirs})).status == 422
    monkeypatch.setattr(editing, "MAX_RULES", 5)
    assert (await create(agent, account_id)).status == 409
    assert (await agent.call("DELETE", f"{RULES}/{ids['A']}")).status == 204
    assert (await create(agent, account_id)).status == 201


async def test_a_trial_says_what_would_happen_and_changes_nothing(web_only: Stack) -> None:
    async with ruling(web_only) as ruled:
        label_id = await make_label(ruled.agent, "VIP")
        reply = {"name": "Hi", "text": "Oi {{contact.name}}", "shared": True}
        reply_id = (await ruled.agent.ok("POST", "/api/replies", reply))["reply"]["id"]
        stored = await web_only.execute("select seq from channels_account")
        tried = {
            "account_id": ruled.account_id,
            "chat_id": ruled.chat_id,
            "event": "message_in",
            "conditions": [
                {"kind": "text", "test": "contains", "texts": ["before"]},
                {"kind": "label", "test": "any", "ids": [label_id]},
            ],
            "actions": [
                {"kind": "label", "label_id": label_id},
                {"kind": "reply", "reply_id": reply_id},
                {"kind": "close"},
                {"kind": "snooze", "minutes": 5},
            ],
        }
        trial = await ruled.agent.ok("POST", RULES + "/try", tried)
        assert (trial["would_run"], trial["conditions"]) == (False, [True, False])
        assert [one["error"] and one["error"]["code"] for one in trial["actions"]] == [
            None,
            None,
            None,
            "conflict",
        ]
        (message,) = await ruled.items("messages")
        assert trial["event"] == {"message_id": message["id"], "at": message["sent_at"]}
        assert await ruled.items("activities") == []
        assert await web_only.execute("select seq from channels_account") == stored
        assert await web_only.execute("select from rule_run") == []
        tried["conditions"] = []
        assert (await ruled.agent.ok("POST", RULES + "/try", tried))["would_run"] is True
        # Of an event that has never happened here.
        tried["event"] = "labelled"
        trial = await ruled.agent.ok("POST", RULES + "/try", tried)
        assert (trial["event"], trial["would_run"]) == (None, False)
        # Only with a number of one's own, and a chat that one sees.
        colleague = await web_only.sign_in("colleague")
        assert (await colleague.call("POST", RULES + "/try", tried)).status == 404
        await add_member(web_only, ruled.account_id, colleague, "agent")
        assert (await colleague.call("POST", RULES + "/try", tried)).status == 422
        other = await make_account(web_only, ruled.agent, "acc-2")
        tried["account_id"] = other
        assert (await ruled.agent.call("POST", RULES + "/try", tried)).status == 404


async def test_runs_have_pages_and_only_chats_that_the_caller_sees(web_only: Stack) -> None:
    async with ruling(web_only) as ruled:
        rule = await ruled.make_rule()
        for n in range(3):
            await ruled.write(f"Text {n}")
        await ruled.follow()
        path = f"{RULES}/{rule['id']}/runs"
        first = await ruled.agent.ok("GET", path + "?limit=2")
        second = await ruled.agent.ok("GET", f"{path}?limit=2&cursor={first['next_cursor']}")
        assert [len(page["items"]) for page in (first, second)] == [2, 1]
        assert second["next_cursor"] is None
        assert (await ruled.agent.ok("GET", RULES))["items"][0]["last_run_at"] == first["items"][0]["at"]
        # Of a rule of several numbers, owners of one see its runs there.
        ana = await web_only.sign_in("ana")
        other = await make_account(web_only, ruled.agent, "acc-2")
        await add_member(web_only, other, ana, "owner")
        await ruled.agent.ok("PATCH", f"{RULES}/{rule['id']}", {"account_ids": [ruled.account_id, other]})
        assert (await ana.ok("GET", path))["items"] == []
        await add_member(web_only, ruled.account_id, ana, "agent")
        assert len((await ana.ok("GET", path))["items"]) == 3
        await web_only.execute(
            "update channels_account_member set is_restricted = true where user_id = %s and role = 'agent'",
            ana.user_id,
        )
        assert (await ana.ok("GET", path))["items"] == []


async def test_erasing_a_contact_takes_their_runs_and_exports_have_them(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    chat = (await owner.chats(account_id))[0]
    rule = await make_rule(owner, account_id, name="Night", event="assigned", is_on=True)
    await owner.ok(
        "PUT", f"/api/channels/whatsapp/{account_id}/chats/{chat['id']}/assignee", {"user_id": owner.user_id}
    )
    path = f"{RULES}/{rule}/runs"

    async def has_run() -> bool:
        return bool((await owner.ok("GET", path))["items"])

    await eventually(has_run)
    files = await fetch(owner, account_id, (await ask(owner, account_id))["id"])
    assert b'"rule":"Night"' in files["rule_runs.jsonl"]
    contact = f"/api/channels/whatsapp/{account_id}/contacts/{chat['contact']['id']}"
    await owner.ok("DELETE", contact)

    async def is_erased() -> bool:
        return not (await owner.ok("GET", path))["items"]

    await eventually(is_erased)
    assert await stack.execute("select from rule_run") == []


async def test_finding_what_is_due_reads_no_whole_table(web_only: Stack) -> None:
    """A scan would be in the plan, for all that it costs, where there is no index."""
    agent = await web_only.sign_in()
    await make_chats(web_only, await make_account(web_only, agent), [f"chat-{n}" for n in range(200)])

    async def explain(cursor: Cursor) -> str:
        # Few of them wait, or another index would serve as well.
        await cursor.execute(
            "update channels_chat set waiting_since = null, unassigned_since = null where id % 100 > 0"
        )
        await cursor.execute("analyze channels_chat")
        await cursor.execute("set local enable_seqscan = off")
        await cursor.execute("set local enable_bitmapscan = off")
        await cursor.execute(f"explain {LIST_DUE}", {"account_id": None, "of_each": 1})
        return "\n".join(row[0] for row in await cursor.fetchall())

    plan = await web_only.app[DATABASE].write(explain)
    assert "channels_chat_waiting" in plan
    assert "channels_chat_unassigned" in plan
    assert "rule_run_event" in plan
    assert "Seq Scan on channels_chat" not in plan
    assert "Seq Scan on rule_run" not in plan
