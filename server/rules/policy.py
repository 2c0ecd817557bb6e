"""Who may do what: one table for every route and every command of the socket, by roles and by the scope of a key."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

# From the least to the most.
ROLES = ("viewer", "agent", "admin", "owner")
# On a number; its payer, whose plan it uses, is the owner in whose name it stands.
ACCOUNT_ROLES = ("viewer", "agent", "owner", "payer")
SCOPES = ("read", "send", "manage")
# A key of whatever scope.
ANY_SCOPE = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What somebody must be: `role` in the team, `number` on the number in question, and a key's `scope`."""

    role: str = "viewer"
    number: str = "viewer"
    scope: str | None = None  # None: for people only, never for a key
    # Admins and owners of the team may do it with any number, also one whose chats they do not see.
    by_admins: bool = False


# permission -> rule. Without a number in question its part of the rule does not count.
RULES: Mapping[str, Rule] = {
    "identify": Rule(scope=ANY_SCOPE),
    "keep_profile": Rule(),
    "read": Rule(scope="read"),
    "send": Rule(role="agent", number="agent", scope="send"),
    "connect_number": Rule(role="agent", scope="manage"),
    "manage_number": Rule(role="agent", number="owner", scope="manage"),
    # For ever, and all of it: people only.
    "erase_number": Rule(role="agent", number="owner", by_admins=True),
    # Somebody else pays from then on: people only.
    "hand_over_number": Rule(role="agent", number="payer", by_admins=True),
    "manage_members": Rule(role="agent", number="owner", scope="manage", by_admins=True),
    "see_people": Rule(role="agent"),
    "manage_people": Rule(role="admin"),
    "manage_keys": Rule(role="agent"),
    "see_audit": Rule(role="admin"),
}

# The route by its name -> permission. What is open to everybody stands in OPEN_ROUTES; one that stands nowhere stops
# the start.
ROUTES: Mapping[str, str] = {
    "show_me": "identify",
    "change_profile": "keep_profile",
    "change_password": "keep_profile",
    "list_users": "see_people",
    "invite_user": "manage_people",
    "change_user": "manage_people",
    "make_user_link": "manage_people",
    "list_keys": "manage_keys",
    "create_key": "manage_keys",
    "revoke_key": "manage_keys",
    "list_accounts": "read",
    "connect_account": "connect_number",
    "list_refusals": "connect_number",
    "dismiss_refusal": "connect_number",
    "show_account": "read",
    "patch_account": "manage_number",
    "disconnect_account": "manage_number",
    "reconnect_account": "manage_number",
    "erase_contact": "manage_number",
    "show_erasure": "manage_number",
    "erase_account": "erase_number",
    "list_account_erasures": "erase_number",
    "request_export": "manage_number",
    "list_exports": "manage_number",
    "show_export": "manage_number",
    "delete_export": "manage_number",
    "fetch_export_file": "manage_number",
    "list_members": "read",
    "set_member": "manage_members",
    "remove_member": "manage_members",
    "set_payer": "hand_over_number",
    "list_changes": "read",
    "list_chats": "read",
    "show_unread": "read",
    "start_chat": "send",
    "show_chat": "read",
    "patch_chat": "send",
    "list_people": "read",
    "list_messages": "read",
    "send_message": "send",
    "show_avatar": "read",
    "edit_message": "send",
    "delete_message": "send",
    "set_reaction": "send",
    "remove_reaction": "send",
    "retry_message": "send",
    "show_attachment": "read",
    "retry_attachment": "send",
    "find": "read",
    "show_entitlements": "read",
    "show_usage": "read",
    "list_audit": "see_audit",
    "export_audit": "see_audit",
}
OPEN_ROUTES = frozenset(
    (
        *("show_health", "show_readiness", "show_metrics", "show_config"),
        *("show_openapi", "show_docs", "show_docs_style", "show_asset", "show_file", "show_app"),
        *(
            "log_in",
            "forget_password",
            "refresh",
            "log_out",
            "make_test_token",
            "register",
            "show_link",
            "accept_link",
        ),
        *("receive_messages", "receive_account_status", "receive_hosted", "take_billing_event"),
        "open_socket",
    )
)
# Routes without a number in their path that show a key no more than the numbers it is bound to. A key that is bound to
# numbers is refused at every other such route.
NARROWED = frozenset(("show_me", "list_accounts", "show_unread"))

# The socket's commands -> permission. None is for whoever is signed in, and `auth` is how one signs in.
COMMANDS: Mapping[str, str | None] = {
    "auth": None,
    "join-user": "read",
    "join-chat": "read",
    "typing": "send",
    # These show nothing and change nothing but one's own rooms.
    "leave-chat": None,
    "ping": None,
}


@dataclass(frozen=True, slots=True)
class KeyRights:
    """What a program's key is for; `account_ids` is None when it is for all numbers of its person."""

    id: int
    name: str
    scopes: frozenset[str]
    account_ids: frozenset[int] | None

    def reaches(self, account_id: int) -> bool:
        return self.account_ids is None or account_id in self.account_ids


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has proved who they are. `session_id` ends with the session, or with the key."""

    user_id: int
    session_id: str
    key: KeyRights | None = None
    expires_at: float | None = None

    @property
    def counted_as(self) -> str:
        """Under which name requests are limited: each key apart from its person."""
        return f"user:{self.user_id}" if self.key is None else f"key:{self.key.id}"


@dataclass(frozen=True, slots=True)
class CallerRoles:
    """Somebody's role in the team, and on the number in question: None when they are not of it."""

    role: str
    number_role: str | None = None
    number_exists: bool = False


def denial(permission: str, standing: CallerRoles, key: KeyRights | None) -> str | None:
    """Why somebody may not do this where no number is in question: "forbidden", or None when they may."""
    rule = RULES[permission]
    if not _scope_suffices(rule, key) or not _is_at_least(standing.role, rule.role, ROLES):
        return "forbidden"
    return None


def can_be_denied(route: str) -> bool:
    """Whether there is anybody with a good token, or a good key, to whom this route is forbidden."""
    return RULES[ROUTES[route]] != Rule(scope=ANY_SCOPE) or route not in NARROWED


def account_denial(
    permission: str, standing: CallerRoles, key: KeyRights | None, account_id: int
) -> str | None:
    """The same for a number: "not_found" when it is none of theirs, which is the same as absent."""
    rule = RULES[permission]
    is_admin = rule.by_admins and standing.number_exists and is_admin_role(standing.role) and key is None
    if key is not None and not key.reaches(account_id):
        return "not_found"
    if standing.number_role is None and not is_admin:
        return "not_found"
    if refused := denial(permission, standing, key):
        return refused
    if is_admin or _is_at_least(standing.number_role or "", rule.number, ACCOUNT_ROLES):
        return None
    return "forbidden"


def _scope_suffices(rule: Rule, key: KeyRights | None) -> bool:
    return key is None or rule.scope == ANY_SCOPE or rule.scope in key.scopes


def _is_at_least(role: str, least: str, ladder: Collection[str]) -> bool:
    order = list(ladder)
    return role in order and order.index(role) >= order.index(least)


def is_admin_role(role: str) -> bool:
    return _is_at_least(role, "admin", ROLES)


def may_deal_with(actor: str, *roles: str) -> bool:
    """Whether somebody of this role may invite, change or disable people of those: nobody reaches above themselves."""
    return is_admin_role(actor) and all(_is_at_least(actor, role, ROLES) for role in roles)


def permissions_of(role: str, key: KeyRights | None = None) -> list[str]:
    """What this role allows in the team; with a number it takes the role there too."""
    return [name for name in RULES if denial(name, CallerRoles(role), key) is None]


def account_permissions_of(role: str, key: KeyRights | None = None) -> dict[str, list[str]]:
    """The same for a number, by the role that somebody has on it."""
    return {
        number_role: [
            name
            for name in RULES
            if account_denial(name, CallerRoles(role, number_role, True), _unbound(key), 0) is None
        ]
        for number_role in ACCOUNT_ROLES
    }


def _unbound(key: KeyRights | None) -> KeyRights | None:
    return key and KeyRights(key.id, key.name, key.scopes, None)
