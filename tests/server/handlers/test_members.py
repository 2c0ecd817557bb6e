"""Members of an account: added, given a role, removed, with open sockets following."""

from tests.server.handlers.test_registration import CHANNELS, PUSH_SECONDS
from tests.support.factories import audit_lines, make_account, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually


async def test_members_are_added_and_removed_live(web_only: Stack) -> None:
    owner, eva = await web_only.sign_in("ana"), await web_only.sign_in("eva")
    account_id = await make_account(web_only, owner)
    path = f"{CHANNELS}/{account_id}/members"
    socket = await eva.listen()
    assert (await owner.call("PUT", f"{path}/{eva.user_id}", {"role": "viewer"})).status == 200
    await socket.wait_for_event("account:updated", id=account_id)
    shown = await eva.ok("GET", path)
    assert [(m["user_id"], m["role"], m["is_payer"]) for m in shown["items"]] == [
        (owner.user_id, "owner", True),
        (eva.user_id, "viewer", False),
    ]
    assert (await eva.call("PUT", f"{path}/{eva.user_id}", {"role": "owner"})).status == 403
    await owner.ok("PUT", f"{path}/{eva.user_id}", {"role": "owner"})
    await socket.wait_for_event("rights:changed", 2)
    # The payer stays, also against another owner; a user who is not a member cannot be removed.
    for body in ({"role": "agent"}, None):
        method = "PUT" if body else "DELETE"
        assert (await eva.call(method, f"{path}/{owner.user_id}", body)).status == 409
    assert (await owner.call("DELETE", f"{path}/{eva.user_id}")).status == 204
    assert (await owner.call("DELETE", f"{path}/{eva.user_id}")).status == 404
    assert (await eva.call("GET", path)).status == 404

    await socket.wait_for_event("account:left", id=account_id)

    async def left() -> bool:
        return not any(connection.topics for connection in web_only.app_connections())

    await eventually(left, PUSH_SECONDS)


async def test_an_admin_manages_members_of_accounts_whose_chats_they_cannot_see(web_only: Stack) -> None:
    admin, ana = await sign_in_as(web_only, "admin"), await web_only.sign_in("ana")
    account_id = await make_account(web_only, ana)
    assert (await admin.call("GET", f"{CHANNELS}/{account_id}/chats")).status == 404
    path = f"{CHANNELS}/{account_id}/members/{admin.user_id}"
    assert (await admin.call("PUT", path, {"role": "agent"})).status == 200
    assert (await admin.call("GET", f"{CHANNELS}/{account_id}/chats")).status == 200
    assert [line.action for line in await audit_lines(web_only)] == ["member.set"]
