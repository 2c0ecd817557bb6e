"""One row of the route table: method, path, handler, the checks before it, and its entry in the OpenAPI document."""

from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass

from aiohttp import web
from marshmallow import Schema

from server.audit_actions import AuditAction
from server.web.require_plan import FindAnswer

# The attribute of a handler that holds its row.
ROUTE = "confab_route"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the route table."""

    method: str
    path: str
    handler: Handler
    _: KW_ONLY
    needs_token: bool = True
    needs_secret: bool = False
    needs_signature: bool = False
    # What the plan must include: "accounts", "messages", or a feature of server/config/plans.py. The plan is that of
    # the account's payer where the path names an account, else the caller's own.
    entitlement: str | None = None
    # Asked when the plan denies the request: returns the answer to a request that is repeated, or None.
    find_earlier_answer: FindAnswer | None = None
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    # The multipart/form-data variant of `body`, where the route accepts one; without a body, the only one.
    form: type[Schema] | None = None
    answer: type[Schema] | None = None
    status: int = 200
    # Further statuses that are not errors: 206 and 304.
    also: tuple[int, ...] = ()
    # Whether the answer is a page of an account's rows: its version is read with the caller's roles, and an unchanged
    # page is answered from memory, or with 304 (server/web/answers/page_answers.py).
    has_version: bool = False
    # Codes of server/errors.py that nothing else in the row implies (server/routes/error_codes.py).
    errors: tuple[str, ...] = ()
    # Whether the handler calls UniPile while the caller waits; implies the error codes of such a call.
    calls_unipile: bool = False
    # Several are separated by commas.
    content_type: str = "application/json"
    # Rate limit class, a key of `[limits]`. Default: "read" or "write", by the method.
    limit: str = ""
    # Action name in the audit log. Empty where the handler's transaction writes the entry itself.
    audit: AuditAction | None = None
    # False for the app's own files, which are not part of the API.
    is_documented: bool = True

    def __post_init__(self) -> None:
        if not self.limit:
            object.__setattr__(self, "limit", "read" if self.method == "GET" else "write")

    @property
    def name(self) -> str:
        """The handler's name: the operationId, and the key of the route in policy.py."""
        return self.handler.__name__

    @property
    def is_read(self) -> bool:
        """Whether its answers are JSON for a user or program, of which a process gives so many at a time."""
        return self.method == "GET" and self.needs_token and self.content_type == "application/json"

    @property
    def has_credential(self) -> bool:
        """Whether the request carries a credential that a page of another site cannot send."""
        return self.needs_token or self.needs_secret or self.needs_signature


ALL = "/api/channels/{provider}"
ACCOUNT = ALL + r"/{account_id:\d{1,20}}"
# Where the elements of our pages load files, with a cookie (server/web/identity/media_cookie.py).
MEDIA_ACCOUNT = r"/api/media/{provider}/{account_id:\d{1,20}}"
CONTACT = ACCOUNT + r"/contacts/{contact_id:\d{1,20}}"
CHAT = ACCOUNT + r"/chats/{chat_id:\d{1,20}}"
USER = r"/api/users/{user_id:\d{1,20}}"
MEMBER = ACCOUNT + r"/members/{user_id:\d{1,20}}"
# Under a chat or directly under an account: the id alone identifies a message.
MESSAGE = r"/messages/{message_id:\d{1,20}}"
ATTACHMENT = r"/attachments/{attachment_id}"
