"""One row of the table of routes: method, path, handler, and what stands at the address in the OpenAPI document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from marshmallow import Schema

# The attribute under which a handler carries its row of the table.
ROUTE = "confab_route"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row; `name` is the handler's."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    needs_token: bool = True
    needs_secret: bool = False
    needs_signature: bool = False
    # What the plan must include: "accounts", "messages", or a feature of server/config/plans.py. Of the plan of the
    # account's owner where the path names an account, else of the caller's. Only the middleware checks it.
    entitlement: str | None = None
    # Asked when the plan refuses: what a repetition of something that was done before is answered.
    done_before: Callable[[web.Request], Awaitable[web.Response | None]] | None = None
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    # The same as multipart/form-data, where that is taken too.
    form: type[Schema] | None = None
    answer: type[Schema] | None = None
    status: int = 200
    # Other statuses of an answer that is no failure: a part of the file, or that it is still the same.
    also: tuple[int, ...] = ()
    # Codes of server/errors.py that the handler may answer with and nothing else in this row implies
    # (server/routes/error_codes.py); and whether it calls UniPile while the caller waits, with all errors of that.
    refuses: tuple[str, ...] = ()
    asks_unipile: bool = False
    # Several with commas between them.
    content_type: str = "application/json"
    # In which class of `[limits]` whoever asks is counted; left out: "read" or "write", by the method.
    limit: str = ""
    # Under which name the audit log has what was done here; left out where the handler's transaction writes it itself.
    audit: str = ""
    # False for the app's own files, which are not part of the API.
    is_documented: bool = True

    def __post_init__(self) -> None:
        if not self.limit:
            object.__setattr__(self, "limit", "read" if self.method == "GET" else "write")

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def is_proven(self) -> bool:
        """Whether the caller must send something that no page of another site has."""
        return self.needs_token or self.needs_secret or self.needs_signature


def open_row(
    method: str, path: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], **more: object
) -> Route:
    return Route(method=method, path=path, handler=handler, needs_token=False, **more)  # type: ignore[arg-type]


def row(
    method: str, path: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], **more: object
) -> Route:
    return Route(method=method, path=path, handler=handler, **more)  # type: ignore[arg-type]


ALL = "/api/channels/{provider}"
ACCOUNT = ALL + r"/{account_id:\d{1,20}}"
CONTACT = ACCOUNT + r"/contacts/{contact_id:\d{1,20}}"
CHAT = ACCOUNT + r"/chats/{chat_id:\d{1,20}}"
USER = r"/api/users/{user_id:\d{1,20}}"
MEMBER = ACCOUNT + r"/members/{user_id:\d{1,20}}"
# A message is found within its chat, and without it too: its id is enough.
MESSAGE = r"/messages/{message_id:\d{1,20}}"
ATTACHMENT = r"/attachments/{attachment_id}"
