"""/chat_attendees: the attendees of an account's chats."""

from hashlib import sha256

from aiohttp import web

from sandbox.api.messages import page_of_messages
from sandbox.generators.portraits import draw_portrait
from sandbox.output.serialize import attendee_json, chat_json, provider_id_of
from sandbox.problems import not_found, reply
from sandbox.store.entities import SELF, Account, Json
from sandbox.store.ids import PHONE_DOMAIN
from sandbox.store.paging import Page, cut, listing, read_page
from sandbox.store.world import World, chat_position
from sandbox.web.keys import simulator_of


def find_attendee(request: web.Request) -> tuple[Account, str]:
    """Return the attendee in the path, by id or, with an account_id, by provider id."""
    world = simulator_of(request).world
    wanted, account_id = request.match_info["attendee_id"], request.query.get("account_id")
    if account_id:
        for account, who in world.attendees_of([account_id]):
            synced = world.as_synced(account.id)
            if wanted in {provider_id_of(account, synced, who), who + PHONE_DOMAIN}:
                return account, who
    return world.attendee(wanted)


async def list_attendees(request: web.Request) -> web.Response:
    """List the attendees of all accounts or of the given ones."""
    world = simulator_of(request).world
    page = read_page(request, "account_id")
    account_ids = page.accounts
    known = list(world.accounts) if account_ids is None else account_ids
    attendees = {
        world.attendee_id(account.id, who): (account, who) for account, who in world.attendees_of(known)
    }
    shown, cursor = cut(page, sorted(((0, id_) for id_ in attendees), reverse=True))
    return reply(listing("ChatAttendee", [synced_json(world, *attendees[id_]) for _, id_ in shown], cursor))


def synced_json(world: World, account: Account, who: str) -> Json:
    """Return an attendee as UniPile has synced it."""
    return attendee_json(account, world.as_synced(account.id), who)


async def show_attendee(request: web.Request) -> web.Response:
    """Return an attendee."""
    account, who = find_attendee(request)
    return reply(synced_json(simulator_of(request).world, account, who))


async def list_attendee_chats(request: web.Request) -> web.Response:
    """List an attendee's chats."""
    account, who = find_attendee(request)
    world, faults = simulator_of(request).world.as_synced(account.id), simulator_of(request).dice.faults
    page = read_page(request)
    chats = [
        c for c in world.chats_of(account.id) if c.last_at is not None and (who == SELF or who in c.members)
    ]
    shown, cursor = cut(page, (chat_position(chat) for chat in chats))
    return reply(listing("Chat", [chat_json(world.chats[id_], world, faults) for _, id_ in shown], cursor))


async def list_attendee_messages(request: web.Request) -> web.Response:
    """List an attendee's messages."""
    world = simulator_of(request).world
    account, who = find_attendee(request)
    page = read_page(request, "before", "after")
    by_them = Page(page.limit, page.filters | {"sender_id": world.attendee_id(account.id, who)}, page.last)
    return page_of_messages(world, [account.id], by_them)


async def show_picture(request: web.Request) -> web.Response:
    """Return an attendee's picture; groups, the account itself and contacts without a picture have none."""
    world = simulator_of(request).world
    if request.match_info["attendee_id"] in world.chats:
        raise not_found("picture")
    _, who = find_attendee(request)
    if who == SELF or not world.contact(who).picture:
        raise not_found("picture")
    seed = f"{who} {world.contact(who).picture}"
    tag = f'"{sha256(seed.encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    return web.Response(body=draw_portrait(seed), content_type="image/png", headers={"ETag": tag})


ROUTES = [
    web.get("/chat_attendees", list_attendees),
    web.get("/chat_attendees/{attendee_id}", show_attendee),
    web.get("/chat_attendees/{attendee_id}/chats", list_attendee_chats),
    web.get("/chat_attendees/{attendee_id}/messages", list_attendee_messages),
    web.get("/chat_attendees/{attendee_id}/picture", show_picture),
]
