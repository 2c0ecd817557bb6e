"""The rows of the route table for accounts and rejected accounts."""

from server.handlers import accounts, hours, new_chats, rejected_accounts
from server.routes.route import ACCOUNT, ALL, Route
from server.schemas import accounts as schemas
from server.schemas import hours as hours_schemas
from server.schemas.fields import ListQuery
from server.schemas.new_chats import OneNewChats

ACCOUNT_ROUTES = (
    Route("GET", ALL + "/accounts", accounts.list_accounts, query=ListQuery, answer=schemas.AccountList),
    Route(
        "POST",
        ALL + "/connect",
        accounts.connect_account,
        audit="account.added",
        body=schemas.Connect,
        answer=schemas.Connected,
        status=201,
        entitlement="accounts",
        errors=("plan_limit",),
        calls_unipile=True,
        limit="connect",
    ),
    Route(
        "GET",
        ALL + "/refusals",
        rejected_accounts.list_refusals,
        query=ListQuery,
        answer=schemas.RefusalList,
    ),
    Route(
        "DELETE",
        ALL + r"/refusals/{refusal_id:\d{1,20}}",
        rejected_accounts.dismiss_refusal,
        status=204,
    ),
    Route("GET", ACCOUNT, accounts.show_account, answer=schemas.OneAccount),
    Route(
        "PATCH",
        ACCOUNT,
        accounts.patch_account,
        body=schemas.PatchAccount,
        answer=schemas.OneAccount,
    ),
    Route(
        "DELETE",
        ACCOUNT,
        accounts.disconnect_account,
        status=204,
        audit="account.disconnected",
        calls_unipile=True,
    ),
    Route("GET", ACCOUNT + "/hours", hours.show_hours, answer=hours_schemas.OneHours),
    Route(
        "PUT",
        ACCOUNT + "/hours",
        hours.put_hours,
        body=hours_schemas.PutHours,
        answer=hours_schemas.OneHours,
    ),
    Route("DELETE", ACCOUNT + "/hours", hours.delete_hours, status=204),
    Route("GET", ACCOUNT + "/auto-replies", hours.show_auto_replies, answer=hours_schemas.OneAutoReplies),
    Route(
        "PUT",
        ACCOUNT + "/auto-replies",
        hours.put_auto_replies,
        body=hours_schemas.PutAutoReplies,
        answer=hours_schemas.OneAutoReplies,
    ),
    Route("GET", ACCOUNT + "/new-chats", new_chats.show_new_chats, answer=OneNewChats),
    Route("POST", ACCOUNT + "/new-chats/resume", new_chats.resume_new_chats, answer=OneNewChats),
    Route(
        "POST",
        ACCOUNT + "/busy-day",
        accounts.play_busy_day,
        status=204,
        calls_unipile=True,
    ),
    Route(
        "POST",
        ACCOUNT + "/reconnect",
        accounts.reconnect_account,
        audit="account.reconnected",
        body=schemas.Reconnect,
        answer=schemas.Connected,
        entitlement="accounts",
        errors=("plan_limit",),
        calls_unipile=True,
        limit="connect",
    ),
)
