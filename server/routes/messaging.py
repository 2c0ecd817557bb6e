"""The rows of the route table for chats, messages, planned messages, attachments and search."""

from marshmallow import Schema

from server.config.plans import NEW_CHATS
from server.handlers import (
    amendments,
    attachments,
    chat_starts,
    chats,
    contacts,
    message_pages,
    messages,
    planned,
    search,
)
from server.routes.route import ACCOUNT, ALL, ATTACHMENT, CHAT, MEDIA_ACCOUNT, MESSAGE, Handler, Route
from server.schemas import chats as chat_schemas
from server.schemas import contacts as contact_schemas
from server.schemas import messages as schemas
from server.schemas import planned as planned_schemas
from server.schemas import search as search_schemas
from server.schemas import sends

# Shown inline, except the last, which is always a download (server/media/types.py).
FILES = "image/*, audio/*, video/*, application/pdf, application/octet-stream"

PLANNED = CHAT + r"/planned/{planned_id:\d{1,20}}"


def _message_routes(path: str, *, is_documented: bool = True) -> tuple[Route, ...]:
    """What can be done with a message. Its path with the chat is documented, the one without is not."""
    reaction = path + "/reaction"
    return (
        _amendment("PATCH", path, amendments.edit_message, is_documented, sends.EditMessage),
        _amendment("DELETE", path, amendments.delete_message, is_documented),
        _amendment("PUT", reaction, amendments.set_reaction, is_documented, sends.React),
        _amendment("DELETE", reaction, amendments.remove_reaction, is_documented),
        Route(
            "POST",
            path + "/retry",
            messages.retry_message,
            answer=schemas.OneMessage,
            entitlement="messages",
            errors=("plan_limit", "conflict"),
            limit="send",
            is_documented=is_documented,
        ),
    )


def _amendment(
    method: str, path: str, handler: Handler, is_documented: bool, body: type[Schema] | None = None
) -> Route:
    return Route(
        method,
        path,
        handler,
        body=body,
        answer=schemas.OneMessage,
        entitlement="messages",
        calls_unipile=True,
        is_documented=is_documented,
    )


def _attachment_routes(path: str, *, is_documented: bool = True) -> tuple[Route, ...]:
    return (
        _file(path, is_documented=is_documented),
        Route(
            "POST",
            path + "/retry",
            attachments.retry_attachment,
            answer=schemas.OneMessage,
            errors=("conflict",),
            is_documented=is_documented,
        ),
    )


def _file(path: str, *, is_documented: bool) -> Route:
    return Route(
        "GET",
        path,
        attachments.show_attachment,
        content_type=FILES,
        also=(206, 304),
        errors=("range_not_satisfiable",),
        is_documented=is_documented,
    )


def _avatar(path: str, *, is_documented: bool) -> Route:
    return Route(
        "GET",
        path + r"/avatars/{sha256:[0-9a-f]{64}}",
        contacts.show_avatar,
        content_type="image/*",
        also=(304,),
        is_documented=is_documented,
    )


MESSAGING_ROUTES = (
    Route("GET", ALL + "/unread", chats.show_unread, answer=chat_schemas.Unread),
    Route("GET", ALL + "/counts", chats.show_counts, answer=chat_schemas.Counts),
    Route(
        "GET",
        ACCOUNT + "/changes",
        chats.list_changes,
        query=schemas.ChangesQuery,
        answer=schemas.Changes,
    ),
    Route(
        "GET",
        ACCOUNT + "/chats",
        chats.list_chats,
        query=chat_schemas.ChatQuery,
        answer=chat_schemas.ChatList,
        also=(304,),
        has_version=True,
    ),
    Route(
        "POST",
        ACCOUNT + "/chats",
        chat_starts.start_chat,
        body=chat_schemas.StartChat,
        answer=chat_schemas.StartedChat,
        status=201,
        entitlement=NEW_CHATS,
        find_earlier_answer=chat_starts.find_known_start,
        errors=("plan_limit", "conflict", "new_chats_stopped"),
        calls_unipile=True,
        limit="send",
    ),
    Route("GET", CHAT, chats.show_chat, answer=chat_schemas.OneChat),
    Route("PATCH", CHAT, chats.patch_chat, body=chat_schemas.PatchChat, answer=chat_schemas.OneChat),
    Route("GET", CHAT + "/related", chats.list_related, answer=chat_schemas.RelatedChats),
    Route(
        "GET", CHAT + "/people", contacts.list_people, answer=contact_schemas.ChatPeople, calls_unipile=True
    ),
    Route(
        "GET",
        CHAT + "/messages",
        message_pages.list_messages,
        query=schemas.MessageQuery,
        answer=schemas.MessageList,
        also=(304,),
        has_version=True,
    ),
    Route(
        "POST",
        CHAT + "/send",
        messages.send_message,
        body=sends.Send,
        form=sends.SendForms,
        answer=schemas.Sent,
        status=201,
        entitlement="messages",
        find_earlier_answer=messages.find_known_send,
        errors=("plan_limit", "conflict", "newer_messages"),
        limit="send",
    ),
    _avatar(ACCOUNT, is_documented=True),
    _avatar(MEDIA_ACCOUNT, is_documented=False),
    _file(MEDIA_ACCOUNT + MESSAGE + ATTACHMENT, is_documented=False),
    Route(
        "GET",
        "/api/search",
        search.find,
        query=search_schemas.SearchQuery,
        answer=search_schemas.Found,
        errors=("not_found",),
    ),
    *_message_routes(CHAT + MESSAGE),
    *_message_routes(ACCOUNT + MESSAGE, is_documented=False),
    *_attachment_routes(CHAT + MESSAGE + ATTACHMENT),
    *_attachment_routes(ACCOUNT + MESSAGE + ATTACHMENT, is_documented=False),
)

PLANNED_ROUTES = (
    Route(
        "GET",
        ALL + "/planned",
        planned.list_all_planned,
        query=planned_schemas.AllPlannedQuery,
        answer=planned_schemas.AllPlanned,
    ),
    Route(
        "GET",
        ACCOUNT + "/planned",
        planned.list_planned,
        query=planned_schemas.PlannedQuery,
        answer=planned_schemas.PlannedList,
    ),
    Route("GET", CHAT + "/planned", planned.list_chat_planned, answer=planned_schemas.ChatPlanned),
    Route(
        "POST",
        CHAT + "/planned",
        planned.plan_message,
        body=planned_schemas.PlanMessage,
        answer=planned_schemas.OnePlanned,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "PATCH",
        PLANNED,
        planned.change_planned,
        body=planned_schemas.ChangePlanned,
        answer=planned_schemas.OnePlanned,
        errors=("conflict",),
    ),
    Route("DELETE", PLANNED, planned.cancel_planned, answer=planned_schemas.OnePlanned, errors=("conflict",)),
    Route(
        "POST",
        PLANNED + "/send-now",
        planned.send_planned_now,
        answer=planned_schemas.OnePlanned,
        entitlement="messages",
        errors=("conflict", "plan_limit", "invalid"),
        limit="send",
    ),
)
