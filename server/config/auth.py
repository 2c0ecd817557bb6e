"""The `[auth]` and `[audit]` settings: sign-in, invitations, and retention of the audit log."""

from dataclasses import dataclass

from server.config.reader import key


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    access_token_seconds: int
    refresh_days: int
    open_registration: bool
    invitation_hours: int
    reset_hours: int
    owner_email: str
    # None in the file: on in sandbox mode only. Always a bool once loaded.
    test_tokens: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    keep_days: int = key(may_be_zero=True)
