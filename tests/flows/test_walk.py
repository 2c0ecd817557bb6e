"""A first conversation over REST and one socket: a message arrives, a reply is sent, its ticks follow."""

from tests.support.fixtures_stack import Stack


async def test_a_message_reaches_the_socket_and_the_reply_reaches_the_phone(stack: Stack) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    socket = await agent.listen()

    await stack.write("acc-1", "Oi, meu pedido chegou?")
    (frame,) = await socket.wait_for_event("message:new", body="Oi, meu pedido chegou?")
    message = frame["data"]
    assert (message["direction"], message["status"]) == ("in", "received")
    (chat,) = await agent.chats(account["id"])
    assert (chat["title"], chat["unread_count"], chat["id"]) == ("Bia Lima", 1, message["chat_id"])

    path = f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}/send"
    answer = await agent.ok("POST", path, {"text": "Chega hoje.", "client_id": "client-1"})
    assert answer["message"]["status"] == "sending"
    (sent,) = await socket.wait_for_event("message:sent", client_id="client-1")
    await socket.wait_for_event("message:updated", client_id="client-1", status="delivered")
    again = await agent.ok("POST", path, {"text": "Chega hoje.", "client_id": "client-1"})
    assert again["message"]["id"] == sent["data"]["id"]

    bodies = [m["body"] for m in await agent.messages(account["id"], chat["id"])]
    assert bodies == ["Chega hoje.", "Oi, meu pedido chegou?"]
    seqs = [frame["seq"] for frame in socket.frames if "seq" in frame]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
