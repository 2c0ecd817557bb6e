"""The members of an account and their roles."""

from aiohttp import web

from server.accounts import membership
from server.errors import NotFound
from server.realtime.broker import announce_access_change, announce_rights, publish_all
from server.schemas.fields import ListQuery
from server.schemas.users import SetMember
from server.store.accounts import members
from server.web.app_keys import ACTOR, DATABASE, REDIS
from server.web.requests import decode_cursor, load_body, load_query, object_answer, page_answer, path_id

LIST_QUERY, SET_MEMBER = ListQuery(), SetMember()


async def list_members(request: web.Request) -> web.Response:
    """The members of the account, oldest first."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        members.list_members, path_id(request, "account_id"), query["limit"], after[1] if after else 0
    )
    return page_answer(page)


async def set_member(request: web.Request) -> web.Response:
    """Add a member, or change their role or whether they are restricted. Their sockets are notified at once."""
    given = await load_body(request, SET_MEMBER)
    account_id, user_id = path_id(request, "account_id"), path_id(request, "user_id")
    pushes = await request.app[DATABASE].write(
        membership.set_member,
        account_id,
        user_id,
        given["role"],
        request[ACTOR],
        restricted=given["restricted"],
    )
    await announce_rights(request.app[REDIS], user_id)
    await publish_all(request.app[REDIS], pushes, "released_chats_not_published")
    shown = await request.app[DATABASE].read(members.fetch_member, account_id, user_id)
    if shown is None:
        raise NotFound
    return object_answer([("member", shown)])


async def remove_member(request: web.Request) -> web.Response:
    """Remove a member. Their sockets leave the account's rooms at once."""
    pushes = await request.app[DATABASE].write(
        membership.remove_member, path_id(request, "account_id"), path_id(request, "user_id"), request[ACTOR]
    )
    await announce_access_change(request.app[REDIS])
    await publish_all(request.app[REDIS], pushes, "released_chats_not_published")
    return web.Response(status=204)
