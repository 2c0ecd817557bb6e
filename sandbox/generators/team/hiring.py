"""Hires the demo team, as an owner does in the app: users, their access to the account, labels and a canned reply."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from sandbox.generators.team.inbox import CHANNELS, InboxError, User
from sandbox.settings import Inbox
from sandbox.store.entities import Json

AGENTS = ("Ana", "Bruno", "Carla")
LABELS = {"Order": "blue", "Complaint": "red"}
REPLY_NAME = "Delivery time"
REPLY_TEXT = "Hello {{contact.first_name | default: 'there'}}, it arrives within two working days."


@dataclass(frozen=True, slots=True)
class Team:
    """The owner and the agents of an account, and what they share."""

    account_id: int
    owner: User
    agents: tuple[User, ...]
    labels: Mapping[str, int]
    reply: Json

    @property
    def chats(self) -> str:
        """The path of the account's chats."""
        return f"{CHANNELS}/{self.account_id}/chats"


async def hire(session: aiohttp.ClientSession, inbox: Inbox, external_account_id: str) -> Team:
    """Prepare the team of an account, once its phone is connected; what exists is used. Raises InboxError."""
    owner = User(session, inbox, inbox.email)
    await owner.sign_in()
    account = await owner.wait_for(
        f"{CHANNELS}/accounts", external_account_id=external_account_id, status="connected"
    )
    agents = [await _hire_agent(session, inbox, owner, name) for name in AGENTS]
    for agent in agents:
        path = f"{CHANNELS}/{account['id']}/members/{agent.id}"
        await owner.call("PUT", path, {"role": "agent"})
    labels = {name: await _label(owner, name, colour) for name, colour in LABELS.items()}
    return Team(account["id"], owner, tuple(agents), labels, await _canned_reply(owner))


async def _hire_agent(session: aiohttp.ClientSession, inbox: Inbox, owner: User, name: str) -> User:
    email = f"{name.lower()}@{inbox.email.partition('@')[2]}"
    known, agent = await owner.find("/api/users", email=email), User(session, inbox, email)
    if known is None:
        invited = await owner.call("POST", "/api/users", {"email": email, "role": "agent", "name": name})
        await agent.accept(invited["link"]["url"])
        return agent
    try:
        await agent.sign_in()
    except InboxError as error:
        if error.code != "bad_credentials":
            raise
        # Invited and never signed in, or the password of the demo team is a new one.
        renewed = await owner.call("POST", f"/api/users/{known['id']}/link")
        await agent.accept(renewed["link"]["url"])
    return agent


async def _label(owner: User, name: str, colour: str) -> int:
    known = await owner.find("/api/labels", name=name, shared=True)
    if known is None:
        known = (await owner.call("POST", "/api/labels", {"name": name, "colour": colour}))["label"]
    return int(known["id"])


async def _canned_reply(owner: User) -> Json:
    known = await owner.find("/api/replies", name=REPLY_NAME, shared=True)
    if known is None:
        body = {"name": REPLY_NAME, "shortcut": "delivery", "text": REPLY_TEXT, "shared": True}
        known = (await owner.call("POST", "/api/replies", body))["reply"]
    return known
