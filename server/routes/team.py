"""The rows of the route table for sign-in, users, members, API keys, and the installation."""

from server.handlers import (
    api_keys,
    auth,
    dead_letters,
    members,
    password_reset,
    payers,
    profile,
    system,
    user_links,
    users,
)
from server.routes.route import ACCOUNT, MEMBER, USER, Route
from server.schemas import api_keys as key_schemas
from server.schemas import auth as auth_schemas
from server.schemas import system as system_schemas
from server.schemas import users as user_schemas
from server.schemas.fields import ListQuery

DEAD_LETTERS = "/api/admin/dead-letters"
DEAD_LETTER = DEAD_LETTERS + r"/{dead_letter_id:\d{1,20}}"

TEAM_ROUTES = (
    Route(
        "POST",
        "/api/auth/login",
        auth.log_in,
        needs_token=False,
        body=auth_schemas.Login,
        answer=auth_schemas.Session,
        errors=("bad_credentials",),
    ),
    Route(
        "POST",
        "/api/auth/forgot",
        password_reset.forget_password,
        needs_token=False,
        body=auth_schemas.ForgotPassword,
        status=204,
        errors=("not_found",),
    ),
    Route(
        "POST",
        "/api/auth/refresh",
        auth.refresh,
        needs_token=False,
        answer=auth_schemas.Session,
        errors=("unauthenticated",),
    ),
    Route(
        "POST",
        "/api/auth/register",
        auth.register,
        needs_token=False,
        body=auth_schemas.Register,
        answer=auth_schemas.Session,
        errors=("not_found", "conflict", "bad_credentials", "plan_limit"),
    ),
    Route(
        "POST",
        "/api/auth/link",
        user_links.show_link,
        needs_token=False,
        body=user_schemas.LinkToken,
        answer=user_schemas.KnownLink,
        errors=("not_found",),
    ),
    Route(
        "POST",
        "/api/auth/link/accept",
        user_links.accept_link,
        needs_token=False,
        body=user_schemas.AcceptLink,
        answer=auth_schemas.Session,
        errors=("not_found", "conflict", "bad_credentials"),
    ),
    Route("POST", "/api/auth/logout", auth.log_out, needs_token=False, status=204),
    Route(
        "POST",
        "/api/auth/test-token",
        auth.make_test_token,
        needs_token=False,
        body=auth_schemas.TestToken,
        answer=auth_schemas.Session,
        errors=("not_found", "unauthenticated"),
    ),
    Route("GET", "/api/auth/me", profile.show_me, answer=auth_schemas.Me),
    Route(
        "PATCH",
        "/api/auth/me",
        profile.change_profile,
        body=auth_schemas.ChangeProfile,
        answer=auth_schemas.Me,
    ),
    Route(
        "POST", "/api/auth/password", profile.change_password, body=auth_schemas.ChangePassword, status=204
    ),
    Route("GET", "/api/availability", profile.show_availability, answer=auth_schemas.Availability),
    Route(
        "PUT",
        "/api/availability",
        profile.set_availability,
        body=auth_schemas.SetAvailability,
        answer=auth_schemas.Availability,
    ),
    Route("GET", "/api/users", users.list_users, query=ListQuery, answer=user_schemas.TeamUserList),
    Route(
        "POST",
        "/api/users",
        users.invite_user,
        body=user_schemas.InviteUser,
        answer=user_schemas.TeamUserWithLink,
        status=201,
        errors=("conflict", "plan_limit"),
    ),
    Route(
        "PATCH",
        USER,
        users.change_user,
        body=user_schemas.ChangeUser,
        answer=user_schemas.OneTeamUser,
        errors=("conflict", "plan_limit"),
    ),
    Route(
        "POST",
        USER + "/link",
        users.make_user_link,
        answer=user_schemas.TeamUserWithLink,
        status=201,
        errors=("conflict",),
    ),
    Route("GET", "/api/keys", api_keys.list_keys, query=ListQuery, answer=key_schemas.ApiKeyList),
    Route(
        "POST",
        "/api/keys",
        api_keys.create_key,
        body=key_schemas.CreateKey,
        answer=key_schemas.CreatedKey,
        status=201,
    ),
    Route("DELETE", r"/api/keys/{key_id:\d{1,20}}", api_keys.revoke_key, status=204),
    Route("GET", ACCOUNT + "/members", members.list_members, query=ListQuery, answer=user_schemas.MemberList),
    Route(
        "PUT",
        MEMBER,
        members.set_member,
        body=user_schemas.SetMember,
        answer=user_schemas.OneMember,
        errors=("conflict",),
    ),
    Route(
        "PUT",
        ACCOUNT + "/payer",
        payers.set_payer,
        body=user_schemas.SetPayer,
        answer=user_schemas.OneMember,
        errors=("conflict", "not_entitled", "plan_limit"),
    ),
    Route("DELETE", MEMBER, members.remove_member, status=204, errors=("conflict",)),
)

SYSTEM_ROUTES = (
    Route("GET", "/api/admin/health", system.show_system, answer=system_schemas.System, limit="write"),
    Route(
        "GET",
        DEAD_LETTERS,
        dead_letters.list_dead_letters,
        query=ListQuery,
        answer=system_schemas.DeadLetterList,
    ),
    Route("GET", DEAD_LETTER, dead_letters.show_dead_letter, answer=system_schemas.OneDeadLetter),
    Route(
        "POST",
        DEAD_LETTER + "/redrive",
        dead_letters.redrive_dead_letter,
        status=204,
        errors=("conflict",),
    ),
    Route("DELETE", DEAD_LETTER, dead_letters.drop_dead_letter, status=204),
)
