"""Searches and lists while the worker still has to index: they wait for no backlog, and say that words are missing."""

from server.store.search.search_index import CATCH_UP, write_tokens
from server.web.app_keys import DATABASE
from tests.server.handlers.test_search import find, found_texts, write
from tests.support.factories import CHANNELS, make_account, make_chat, make_contact
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

BACKLOG = "update channels_account set seq = seq + %s"


async def indexed(stack: Stack) -> int:
    ((count,),) = await stack.execute("select count(*) from channels_message_words")
    return int(count)


async def chat_of(stack: Stack, agent: Peer) -> tuple[int, int]:
    account_id = await make_account(stack, agent)
    chat_id = await make_chat(stack, account_id)
    await stack.execute("update channels_chat set title = 'Tomás Almeida' where id = %s", chat_id)
    await write(stack, account_id, chat_id, "Bestellung")
    return account_id, chat_id


async def test_a_search_indexes_the_latest_changes_but_no_backlog(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    _, chat_id = await chat_of(web_only, agent)
    await web_only.execute(BACKLOG, CATCH_UP + 1)
    found = await find(agent, "bestellung")
    assert (found["messages"], found["is_complete"], await indexed(web_only)) == ([], False, 0)
    # Names are few: they are found at once.
    assert [chat["id"] for chat in (await find(agent, "tomas"))["chats"]] == [chat_id]
    await web_only.execute("update channels_account set seq = seq - %s", CATCH_UP)
    assert await found_texts(agent, "bestellung") == ["Bestellung"]
    assert (await find(agent, "bestellung"))["is_complete"]


async def test_lists_by_name_index_no_words(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id, chat_id = await chat_of(web_only, agent)
    contact_id = await make_contact(web_only, account_id, "55")
    await web_only.execute("update channels_contact set whatsapp_name = 'Ábel' where id = %s", contact_id)
    listed = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?q=tomas")
    assert [chat["id"] for chat in listed["items"]] == [chat_id]
    contacts = await agent.ok("GET", f"{CHANNELS}/contacts?q=abel")
    assert [contact["name"] for contact in contacts["items"]] == ["Ábel"]
    assert await indexed(web_only) == 0


async def test_a_message_that_is_just_being_deleted_is_neither_waited_for_nor_indexed(
    web_only: Stack,
) -> None:
    """The reference of its words failed once the deletion was committed, and with it the whole round."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    await write(web_only, account_id, await make_chat(web_only, account_id), "Bestellung", "Rechnung")
    database = web_only.app[DATABASE]
    async with database.transaction() as deleting:
        await deleting.execute("delete from channels_message where body = 'Bestellung'")
        assert await database.write(write_tokens, account_id, 50)
    assert await found_texts(agent, "bestellung") == []
    assert await found_texts(agent, "rechnung") == ["Rechnung"]
