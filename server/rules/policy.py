"""Who may do what: the rule of each permission, by roles and by the scopes of API keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from server.rules.permissions import NARROWED, ROUTES

# In ascending order.
ROLES = ("viewer", "agent", "admin", "owner")
# The roles of an account's members, in ascending order.
MEMBER_ROLES = ("viewer", "agent", "owner")
# The same with the payer, the owner whose plan the account uses.
ACCOUNT_ROLES = (*MEMBER_ROLES, "payer")
SCOPES = ("read", "send", "manage")
# Keys of any scope.
ANY_SCOPE = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The minimum `role` in the team and role on the `account`, and the `scope` that an API key needs."""

    role: str = "viewer"
    account: str = "viewer"
    scope: str | None = None  # None: for users only, never for keys
    # Admins and owners of the team may do it with any account, even one whose chats they cannot see.
    by_admins: bool = False


# permission -> rule. Where no account is involved, the role on it is not checked.
RULES: Mapping[str, Rule] = {
    "identify": Rule(scope=ANY_SCOPE),
    "keep_profile": Rule(),
    "read": Rule(scope="read"),
    "send": Rule(role="agent", account="agent", scope="send"),
    # A person's: users only.
    "keep_draft": Rule(role="agent", account="agent"),
    "connect_number": Rule(role="agent", scope="manage"),
    "manage_number": Rule(role="agent", account="owner", scope="manage"),
    # Irreversible: users only.
    "erase_number": Rule(role="agent", account="owner", by_admins=True),
    # Changes who pays: users only.
    "hand_over_number": Rule(role="agent", account="payer", by_admins=True),
    "manage_members": Rule(role="agent", account="owner", scope="manage", by_admins=True),
    # Labels and views, private or shared; what others shared only admins change.
    "organise": Rule(role="agent"),
    # What every contact has: users only.
    "define_fields": Rule(role="admin"),
    "see_people": Rule(role="agent"),
    "manage_people": Rule(role="admin"),
    "manage_keys": Rule(role="agent"),
    "manage_replies": Rule(role="agent", scope="manage"),
    # What others created only admins change.
    "manage_macros": Rule(role="agent", scope="manage"),
    # Rules and targets, of the accounts that the user owns (server/automation).
    "manage_rules": Rule(role="agent", account="owner", scope="manage"),
    "see_audit": Rule(role="admin"),
    # The installation itself, not the chats in it: users only.
    "run_system": Rule(role="owner"),
    # Of the accounts of which they see all chats; the figures are about colleagues.
    "see_reports": Rule(role="admin", scope="read"),
}


@dataclass(frozen=True, slots=True)
class KeyRights:
    """The scopes and accounts of an API key; `account_ids` is None for all accounts of its user."""

    id: int
    name: str
    scopes: frozenset[str]
    account_ids: frozenset[int] | None

    def reaches(self, account_id: int) -> bool:
        """Whether the key may use this account."""
        return self.account_ids is None or account_id in self.account_ids


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller; `session_id` identifies the session, or stands for the key."""

    user_id: int
    session_id: str
    key: KeyRights | None = None
    expires_at: float | None = None

    @property
    def counted_as(self) -> str:
        """The rate limit key: API keys are counted separately from their user."""
        return f"user:{self.user_id}" if self.key is None else f"key:{self.key.id}"


@dataclass(frozen=True, slots=True)
class CallerRoles:
    """A caller's role in the team, and on the account in question; None if they are not a member of it."""

    role: str
    account_role: str | None = None
    account_exists: bool = False


def denial(permission: str, roles: CallerRoles, key: KeyRights | None) -> str | None:
    """The error code if the caller may not do this, where no account is involved; else None."""
    rule = RULES[permission]
    if not _scope_suffices(rule, key) or not _is_at_least(roles.role, rule.role, ROLES):
        return "forbidden"
    return None


def can_be_denied(route: str) -> bool:
    """Whether any valid token or key can be denied on this route."""
    return RULES[ROUTES[route]] != Rule(scope=ANY_SCOPE) or route not in NARROWED


def account_denial(permission: str, roles: CallerRoles, key: KeyRights | None, account_id: int) -> str | None:
    """The same for an account; "not_found" if the caller is not a member, as for an account that does not exist."""
    rule = RULES[permission]
    is_admin = rule.by_admins and roles.account_exists and is_admin_role(roles.role) and key is None
    if key is not None and not key.reaches(account_id):
        return "not_found"
    if roles.account_role is None and not is_admin:
        return "not_found"
    if reason := denial(permission, roles, key):
        return reason
    if is_admin or _is_at_least(roles.account_role or "", rule.account, ACCOUNT_ROLES):
        return None
    return "forbidden"


def _scope_suffices(rule: Rule, key: KeyRights | None) -> bool:
    return key is None or rule.scope == ANY_SCOPE or rule.scope in key.scopes


def _is_at_least(role: str, least: str, ladder: Collection[str]) -> bool:
    order = list(ladder)
    return role in order and order.index(role) >= order.index(least)


def is_admin_role(role: str) -> bool:
    """Whether the role is admin or owner."""
    return _is_at_least(role, "admin", ROLES)


def may_deal_with(actor: str, *roles: str) -> bool:
    """Whether a user with this role may invite, change or disable users with those: none above their own."""
    return is_admin_role(actor) and all(_is_at_least(actor, role, ROLES) for role in roles)


def permissions_of(role: str, key: KeyRights | None = None) -> list[str]:
    """The permissions of a role in the team; those on an account also depend on the role there."""
    return [name for name in RULES if denial(name, CallerRoles(role), key) is None]


def account_permissions_of(role: str, key: KeyRights | None = None) -> dict[str, list[str]]:
    """The permissions on an account, by the role there."""
    return {
        account_role: [
            name
            for name in RULES
            if account_denial(name, CallerRoles(role, account_role, True), _unbound(key), 0) is None
        ]
        for account_role in ACCOUNT_ROLES
    }


def _unbound(key: KeyRights | None) -> KeyRights | None:
    return key and KeyRights(key.id, key.name, key.scopes, None)
