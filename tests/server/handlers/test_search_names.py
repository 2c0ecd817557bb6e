"""Chats found by name and number are the same, whether few of them have the text or more than are looked up at once."""

import pytest

from server.store.chats import chat_lists
from tests.server.handlers.test_search import find
from tests.server.handlers.test_search_letters import add_contact, listed
from tests.support.factories import make_account, make_chat, make_chats
from tests.support.fixtures_stack import Stack

PHONES = [f"55119888800{n:02}" for n in range(6)]
# What is searched, and the titles or numbers of the chats that are found.
FOUND = {
    "bia": ["bia group", "Bia 0", "Bia 1", "Bia 2"],
    "IA 1": ["Bia 1"],
    "+55119888800": PHONES,
    "8880003": [PHONES[3]],
    "titled": ["Titled"],
    "hidden title": [],
    "elsewhere": [],
    "imported": [],
}


@pytest.mark.parametrize("most", [2000, 3, 0])
async def test_chats_are_found_by_name_however_many_have_it(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Contacts without a chat, which an import leaves by the thousand, use up no limit of the chats."""
    agent, stranger = await web_only.sign_in(), await web_only.sign_in("stranger")
    account_id = await make_account(web_only, agent)
    foreign_id = await make_account(web_only, stranger, "acc-2")
    shown = {chat_id: phone for phone in PHONES for chat_id in [await _person(web_only, account_id, phone)]}
    for n, chat_id in enumerate(list(shown)[:3]):
        await _rename(web_only, account_id, PHONES[n], f"Bia {n}")
        # The contact's name is shown, not the title of WhatsApp's list.
        await web_only.execute("update channels_chat set title = 'Hidden title' where id = %s", chat_id)
    for title, kind in (("Titled", "direct"), ("bia group", "group")):
        chat_id = await make_chat(web_only, account_id, title, kind=kind)
        await web_only.execute("update channels_chat set title = %s where id = %s", title, chat_id)
        shown[chat_id] = title
    await make_chats(web_only, foreign_id, ["Elsewhere"], kind="group")
    await web_only.execute("update channels_chat set title = 'Elsewhere' where account_id = %s", foreign_id)
    for n in range(9):
        await add_contact(web_only, account_id, f"imported-{n}@lid", f"Imported Bia {n}", None)
    names = shown | dict(zip(list(shown)[:3], ["Bia 0", "Bia 1", "Bia 2"], strict=True))
    monkeypatch.setattr(chat_lists, "MOST_NAMED", most)
    for text, expected in FOUND.items():
        wanted = [chat_id for chat_id in shown if {shown[chat_id], names[chat_id]} & set(expected)]
        found = await find(agent, text)
        assert sorted(chat["id"] for chat in found["chats"]) == sorted(wanted), text
        assert sorted(await listed(agent, account_id, text)) == sorted(wanted), text
        assert len(wanted) == len(expected), text


async def _person(stack: Stack, account_id: int, phone: str) -> int:
    """A contact known by a hidden id and by their number, and their chat; returns its id."""
    address = f"{phone}@s.whatsapp.net"
    await add_contact(stack, account_id, address, None, f"+{phone}")
    await stack.execute(
        """insert into channels_contact_alias (account_id, alias, contact_id)
           select account_id, unnest(array[provider_id, %s]), id from channels_contact
           where account_id = %s and provider_id = %s on conflict do nothing""",
        *(f"1{phone}@lid", account_id, address),
    )
    return await make_chat(stack, account_id, f"chat {phone}", address=address)


async def _rename(stack: Stack, account_id: int, phone: str, name: str) -> None:
    await stack.execute(
        "update channels_contact set whatsapp_name = %s where account_id = %s and phone = %s",
        *(name, account_id, f"+{phone}"),
    )
