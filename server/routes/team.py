"""The rows of the table of routes for signing in, people, members and API keys."""

from server.handlers import api_keys, auth, members, password_reset, payers, profile, user_links, users
from server.routes.route import ACCOUNT, MEMBER, USER, open_row, row
from server.schemas import api_keys as key_schemas
from server.schemas import auth as auth_schemas
from server.schemas import users as user_schemas
from server.schemas.fields import ListQuery

TEAM_ROUTES = (
    open_row(
        "POST",
        "/api/auth/login",
        auth.log_in,
        body=auth_schemas.Login,
        answer=auth_schemas.Session,
        refuses=("bad_credentials",),
    ),
    open_row(
        "POST",
        "/api/auth/forgot",
        password_reset.forget_password,
        body=auth_schemas.ForgotPassword,
        status=204,
        refuses=("not_found",),
    ),
    open_row(
        "POST", "/api/auth/refresh", auth.refresh, answer=auth_schemas.Session, refuses=("unauthenticated",)
    ),
    open_row(
        "POST",
        "/api/auth/register",
        auth.register,
        body=auth_schemas.Register,
        answer=auth_schemas.Session,
        refuses=("not_found", "conflict", "bad_credentials", "plan_limit"),
    ),
    open_row(
        "POST",
        "/api/auth/link",
        user_links.show_link,
        body=user_schemas.LinkToken,
        answer=user_schemas.KnownLink,
        refuses=("not_found",),
    ),
    open_row(
        "POST",
        "/api/auth/link/accept",
        user_links.accept_link,
        body=user_schemas.AcceptLink,
        answer=auth_schemas.Session,
        refuses=("not_found", "conflict", "bad_credentials"),
    ),
    open_row("POST", "/api/auth/logout", auth.log_out, status=204),
    open_row(
        "POST",
        "/api/auth/test-token",
        auth.make_test_token,
        body=auth_schemas.TestToken,
        answer=auth_schemas.Session,
        refuses=("not_found", "unauthenticated"),
    ),
    row("GET", "/api/auth/me", profile.show_me, answer=auth_schemas.Me),
    row(
        "PATCH",
        "/api/auth/me",
        profile.change_profile,
        body=auth_schemas.ChangeProfile,
        answer=auth_schemas.Me,
    ),
    row("POST", "/api/auth/password", profile.change_password, body=auth_schemas.ChangePassword, status=204),
    row("GET", "/api/users", users.list_users, query=ListQuery, answer=user_schemas.TeamUserList),
    row(
        "POST",
        "/api/users",
        users.invite_user,
        body=user_schemas.InviteUser,
        answer=user_schemas.TeamUserWithLink,
        status=201,
        refuses=("conflict", "plan_limit"),
    ),
    row(
        "PATCH",
        USER,
        users.change_user,
        body=user_schemas.ChangeUser,
        answer=user_schemas.OneTeamUser,
        refuses=("conflict", "plan_limit"),
    ),
    row(
        "POST",
        USER + "/link",
        users.make_user_link,
        answer=user_schemas.TeamUserWithLink,
        status=201,
        refuses=("conflict",),
    ),
    row("GET", "/api/keys", api_keys.list_keys, query=ListQuery, answer=key_schemas.ApiKeyList),
    row(
        "POST",
        "/api/keys",
        api_keys.create_key,
        body=key_schemas.CreateKey,
        answer=key_schemas.CreatedKey,
        status=201,
    ),
    row("DELETE", r"/api/keys/{key_id:\d{1,20}}", api_keys.revoke_key, status=204),
    row("GET", ACCOUNT + "/members", members.list_members, query=ListQuery, answer=user_schemas.MemberList),
    row(
        "PUT",
        MEMBER,
        members.set_member,
        body=user_schemas.SetMember,
        answer=user_schemas.OneMember,
        refuses=("conflict",),
    ),
    row(
        "PUT",
        ACCOUNT + "/payer",
        payers.set_payer,
        body=user_schemas.SetPayer,
        answer=user_schemas.OneMember,
        refuses=("conflict", "not_entitled", "plan_limit"),
    ),
    row("DELETE", MEMBER, members.remove_member, status=204, refuses=("conflict",)),
)
