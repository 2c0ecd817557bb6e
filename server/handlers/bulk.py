"""Changes of many chats at once."""

from collections.abc import Sequence

from aiohttp import web

from server.conversations.bulk import FLAGS, BulkChange, BulkOutcome, TargetChats, change_chats
from server.queue import MIRROR_CHAT, enqueue
from server.realtime.broker import log_if_unavailable, publish_or_log
from server.schemas.bulk import ChangeChats
from server.store.chats.chats import ChangedChat
from server.web.app_keys import DATABASE, REDIS
from server.web.callers import author_of, viewer_of
from server.web.notices import LABELS_CHANGED, publish_notice
from server.web.requests import caller, json_text, load_body, object_answer, path_id, provider_of

CHANGE_CHATS = ChangeChats()


async def change_many(request: web.Request) -> web.Response:
    """Assign, close, open, snooze, label, read or archive up to 200 chats, and say what became of each."""
    change = BulkChange(**await load_body(request, CHANGE_CHATS))
    target = TargetChats(
        caller(request),
        viewer_of(request),
        author_of(request),
        provider_of(request),
        path_id(request, "account_id"),
    )
    outcome = await request.app[DATABASE].write(change_chats, target, change)
    if outcome.pushes:
        await publish_or_log(request.app[REDIS], target.account_id, outcome.pushes, "bulk_not_published")
    if outcome.private_owner is not None:
        await publish_notice(request.app, LABELS_CHANGED, outcome.private_owner)
    if change.action in FLAGS:
        await _mirror(request, change.action, outcome.changed)
    return _answer(outcome)


async def _mirror(request: web.Request, action: str, changed: Sequence[ChangedChat]) -> None:
    """Set at UniPile, in jobs, what was set here."""
    names = [action] if action in ("read", "unread") else ["archived"]
    with log_if_unavailable("bulk_not_mirrored"):
        for chat in changed:
            await enqueue(request.app[REDIS], MIRROR_CHAT, chat.id, names)


def _answer(outcome: BulkOutcome) -> web.Response:
    skipped = [{"chat_id": chat_id, "code": code} for chat_id, code in sorted(outcome.skipped.items())]
    return object_answer(
        [
            ("changed", f"[{','.join(chat.json for chat in outcome.changed)}]"),
            ("unchanged", json_text(outcome.unchanged)),
            ("skipped", json_text(skipped)),
        ]
    )
