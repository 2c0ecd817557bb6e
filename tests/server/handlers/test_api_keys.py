"""API keys: shown once, limited to their scopes and accounts, revoked, expired."""

from datetime import UTC, datetime, timedelta

from tests.server.handlers.test_registration import CHANNELS, KEYS, ME, closed
from tests.support.factories import add_member, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def test_a_key_is_shown_once_used_noted_and_revoked(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    account_id = await make_account(web_only, ana)
    made = await ana.ok("POST", KEYS, {"name": "crm", "scopes": ["read"], "account_ids": [account_id]})
    secret = made["secret"]
    assert secret.startswith("cfb_")
    assert made["key"]["prefix"] == secret[:12]
    listed = await ana.call("GET", KEYS)
    assert secret.encode() not in listed.raw
    assert listed.body["items"][0]["last_used_at"] is None
    program = Peer(ana.session, ana.url, secret, ana.user_id)
    assert (await program.ok("GET", ME))["key"]["scopes"] == ["read"]
    (used,) = (await ana.ok("GET", KEYS))["items"]
    await program.ok("GET", ME)
    (again,) = (await ana.ok("GET", KEYS))["items"]
    assert used["last_used_at"] == again["last_used_at"] is not None  # at most once a minute
    socket = await program.listen()
    assert (await ana.call("DELETE", f"{KEYS}/{used['id']}")).status == 204
    assert await socket.wait_closed() == 4401
    assert await closed(program)
    assert (await ana.ok("GET", KEYS))["items"] == []


async def test_a_keys_socket_receives_its_accounts_only(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    first, second = [await make_account(web_only, ana, name) for name in ("acc-1", "acc-2")]
    made = await ana.ok("POST", KEYS, {"name": "crm", "scopes": ["read"], "account_ids": [second]})
    program = Peer(ana.session, ana.url, made["secret"], ana.user_id)
    socket = await program.open_socket()
    assert (await socket.command("auth", token=program.token))["ok"]
    joined = await socket.command("join-user", user_id=ana.user_id)
    assert list(joined["data"]["accounts"]) == [str(second)]
    # Nor does it become its user, or receive an account that is added later.
    assert not (await socket.command("auth", token=ana.token))["ok"]
    other = await program.listen()
    third = await make_account(web_only, ana, "acc-3")
    witness = await ana.listen()
    await witness.wait_for(lambda frame: "ack" in frame)
    assert not [f for f in other.frames if f.get("account_id") in (first, third)]


async def test_a_key_has_no_more_permissions_than_its_user(web_only: Stack) -> None:
    owner, ana = await sign_in_as(web_only, "owner"), await web_only.sign_in("ana")
    account_id = await make_account(web_only, owner)
    rejected = await ana.call("POST", KEYS, {"name": "x", "scopes": ["read"], "account_ids": [account_id]})
    assert rejected.status == 422
    await add_member(web_only, account_id, ana, "viewer")
    made = await ana.ok("POST", KEYS, {"name": "x", "scopes": ["send", "read"]})
    program = Peer(ana.session, ana.url, made["secret"])
    chat = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, account_id)}"
    assert (await program.call("PATCH", chat, {"pinned": True})).status == 403
    assert (await program.call("GET", chat)).status == 200
    assert (await program.call("POST", KEYS, {"name": "y", "scopes": ["read"]})).status == 403
    # Another agent neither sees nor revokes it; an admin does.
    bia = await web_only.sign_in("bia")
    assert (await bia.call("DELETE", f"{KEYS}/{made['key']['id']}")).status == 404
    assert [key["name"] for key in (await owner.ok("GET", KEYS))["items"]] == ["x"]
    assert (await owner.call("DELETE", f"{KEYS}/{made['key']['id']}")).status == 204


async def test_an_expired_key_has_no_access(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    assert (await ana.call("POST", KEYS, {"name": "x", "scopes": ["read"], "expires_at": past})).status == 422
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    made = await ana.ok("POST", KEYS, {"name": "x", "scopes": ["read"], "expires_at": soon})
    program = Peer(ana.session, ana.url, made["secret"], ana.user_id)
    socket = await program.listen()
    assert await socket.wait_closed() == 4401
    assert await closed(program)
