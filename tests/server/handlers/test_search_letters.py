"""Search for contacts, chats and messages with the letters and digits that users type."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server.handlers.test_search import find
from tests.support.factories import CHANNELS, START, make_account, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

LETTERS = json.loads((Path(__file__).parents[2] / "fixtures" / "letters.json").read_text())
PHONE = "5511988880000"


async def add_contact(
    stack: Stack, account_id: int, provider_id: str, name: str | None, phone: str | None
) -> None:
    await stack.execute(
        """insert into channels_contact (account_id, provider_id, whatsapp_name, phone, named_at)
           values (%s, %s, %s, %s, now())""",
        *(account_id, provider_id, name, phone),
    )


async def listed(agent: Peer, account_id: int, text: str) -> list[int]:
    page = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?q={quote(text)}")
    return [chat["id"] for chat in page["items"]]


async def test_a_text_is_found_in_contacts_chats_and_messages(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    for index, (written, searched) in enumerate(LETTERS[::5]):
        chat_id = await make_chat(web_only, account_id, f"chat-{index}", kind="group")
        await web_only.execute("update channels_chat set title = %s where id = %s", written, chat_id)
        await add_contact(web_only, account_id, f"{index}@lid", written, None)
        await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)], body=written)
        found = await find(agent, searched)
        assert written in [person["name"] for person in found["people"]], searched
        assert chat_id in [chat["id"] for chat in found["chats"]], searched
        assert written in [message["body"] for message in found["messages"]], searched
        assert chat_id in await listed(agent, account_id, searched), searched


async def test_a_new_name_is_found_and_the_old_one_is_not(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id, kind="group")
    await add_contact(web_only, account_id, "1@lid", "Łucja", None)
    for title, name in (("Straße", "Łucja"), ("Gasse", "Søren")):
        await web_only.execute("update channels_chat set title = %s where id = %s", title, chat_id)
        await web_only.execute(
            "update channels_contact set whatsapp_name = %s where account_id = %s", name, account_id
        )
        await find(agent, "first")
    assert [await listed(agent, account_id, text) for text in ("gasse", "strasse")] == [[chat_id], []]
    people = [(await find(agent, text))["people"] for text in ("soren", "lucja")]
    assert [[person["name"] for person in found] for found in people] == [["Søren"], []]


@pytest.mark.parametrize("text", ["ء", "ـ"])
async def test_a_text_without_letters_finds_no_contact(web_only: Stack, text: str) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id, kind="group")
    await web_only.execute("update channels_chat set title = 'Ana' where id = %s", chat_id)
    found = await find(agent, text)
    assert (found["people"], found["chats"], found["messages"]) == ([], [], [])
    assert await listed(agent, account_id, text) == []


async def test_a_pasted_phone_number_finds_its_contact_and_chat(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    address = f"{PHONE}@s.whatsapp.net"
    await web_only.execute(
        "update channels_chat set address = %s, title = 'Bia' where id = %s", address, chat_id
    )
    await add_contact(web_only, account_id, "1@lid", "Bia", f"+{PHONE}")
    for text in (
        "\u202a+55 11 98888\u20110000\u202c",
        "+55 (0)11 98888-0000",
        "0055 11 98888 0000",
        "011 98888-0000",
        "98888–0000",
        "+٥٥ ١١ ٩٨٨٨٨",
        "＋５５　１１",
        "tel:+55-11-98888-0000;ext=12",
        "https://wa.me/5511988880000",
        "0000",
    ):
        found = await find(agent, text)
        assert [person["name"] for person in found["people"]] == ["Bia"], text
        assert [chat["id"] for chat in found["chats"]] == [chat_id], text
        assert await listed(agent, account_id, text) == [chat_id], text
    for text in ("98888-0001", "021 98888-0000", "+1 98888"):
        assert (await find(agent, text))["people"] == [], text
        assert await listed(agent, account_id, text) == [], text


async def test_rows_indexed_before_the_upgrade_are_found(web_only: Stack) -> None:
    """As the migration leaves it: tokens of the older fold, all to be rewritten."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)], body="Łódź")
    assert len((await find(agent, "lodz"))["messages"]) == 1
    await web_only.execute("update channels_message_words set words = array_to_tsvector(array['1/łodz'])")
    assert (await find(agent, "lodz"))["messages"] == []
    await web_only.execute("update channels_search_state set seq = 0")
    assert len((await find(agent, "lodz"))["messages"]) == 1
