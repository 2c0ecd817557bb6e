"""A customer writes, an agent answers: the clock of the target runs and ends, with the workers as they are."""

from typing import Any

from tests.support.factories import CHANNELS, make_target
from tests.support.fixtures_stack import Stack


def shows(kind: str | None) -> Any:
    """A frame of a chat whose clock is of this kind; None: no clock runs after a message of ours."""

    def is_shown(frame: dict[str, Any]) -> bool:
        if frame.get("event") != "chat:updated":
            return False
        target = frame["data"]["target"]
        if kind is None:
            return target is None and frame["data"]["last_message_direction"] == "out"
        return target is not None and target["kind"] == kind

    return is_shown


async def test_a_clock_runs_until_a_human_answers(stack: Stack) -> None:
    agent = await stack.sign_in()
    account_id = (await stack.make_account(agent))["id"]
    await make_target(agent, account_id, first_reply_minutes=60, next_reply_minutes=5)
    socket = await agent.listen()
    await stack.write("acc-1", "Oi")
    frame, *_ = await socket.wait_for(shows("first_reply"))
    path = f"{CHANNELS}/{account_id}/chats/{frame['data']['id']}"
    await agent.ok("POST", f"{path}/send", {"text": "Já vai"})
    await socket.wait_for(shows(None))
    await stack.write("acc-1", "E agora?")
    await socket.wait_for(shows("next_reply"))
    (listed,) = (await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?sort=due"))["items"]
    assert listed["target"]["kind"] == "next_reply"
    await socket.close()
