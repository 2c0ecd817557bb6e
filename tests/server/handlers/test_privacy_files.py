"""Files in exports and after an erasure: included with their bytes, or erased."""

import hashlib
from typing import Any

from tests.flows.stored_files import stored_blobs
from tests.server.handlers.test_account_erasures import LONG_AGO
from tests.server.handlers.test_exports import ask, fetch, lines
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed, png, receive
from tests.support.peers import Peer, eventually
from workers.context import Parts
from workers.media.cleanup import clear_released

HERS, HIS = png(1), png(2)
CAIO = {"phone_number": "5511977770002", "name": "Caio"}


async def filled(stack: Stack, owner: Peer) -> tuple[int, dict[str, Any]]:
    """Two contacts sent a picture each; (account id, the contact who wrote "Quixotic", who has an avatar)."""
    account_id = (await stack.make_account(owner))["id"]
    await stack.sandbox.ok("PATCH", "/sandbox/contacts/5511988880000", {"picture": True})
    await receive(stack, owner, account_id, enclosed("hers.png", HERS, "image/png"), text="Quixotic")
    his = {"from": CAIO, "text": "Prosaic"}
    await receive(stack, owner, account_id, enclosed("his.png", HIS, "image/png"), **his)

    async def known() -> Any:
        hits = (await owner.ok("GET", "/api/search?q=Quixotic"))["messages"]
        contacts = [chat["contact"] for chat in await owner.chats(account_id)]
        (bia,) = [contact for contact in contacts if contact["name"] != "Caio"]
        # His too: it is a file that is counted.
        return hits and all(contact["avatar"] for contact in contacts) and bia

    return account_id, await eventually(known)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_an_export_contains_or_lists_the_files(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id, bia = await filled(stack, owner)
    for with_media in (True, False):
        for contact_id, wanted in ((None, (HERS, HIS)), (bia["id"], (HERS,))):
            export = await ask(owner, account_id, contact_id=contact_id, with_media=with_media)
            files = await fetch(owner, account_id, export["id"])
            listed = {row["sha256"]: row["path"] for row in lines(files["media.jsonl"])}
            paths = {digest(data): f"media/{digest(data)}" if with_media else None for data in wanted}
            assert listed == paths
            media = {name: data for name, data in files.items() if name.startswith("media/")}
            assert media == ({f"media/{digest(data)}": data for data in wanted} if with_media else {})


async def test_erasing_a_contact_erases_pictures_files_and_search_tokens(stack: Stack, parts: Parts) -> None:
    owner = await stack.sign_in("owner")
    account_id, bia = await filled(stack, owner)
    avatar = f"{CHANNELS}/{account_id}/avatars/{bia['avatar']}"
    assert (await owner.call("GET", avatar)).status == 200
    before = await stored_blobs(stack)

    await owner.ok("DELETE", f"{CHANNELS}/{account_id}/contacts/{bia['id']}")

    async def are_erased() -> bool:
        return len(await owner.chats(account_id)) == 1

    await eventually(are_erased)
    assert (await owner.call("GET", avatar)).status == 404
    for words in ("Quixotic", "Bia"):
        hits = await owner.ok("GET", f"/api/search?q={words}")
        assert (hits["people"], hits["chats"], hits["messages"]) == ([], [], []), words
    await stack.execute(LONG_AGO)
    await clear_released(parts)
    assert await stored_blobs(stack) == before - 2
    assert (await owner.ok("GET", "/api/search?q=Prosaic"))["messages"] != []
