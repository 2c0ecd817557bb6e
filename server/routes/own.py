"""The rows of the route table for what belongs to the caller."""

from server.handlers import devices, drafts, notifications, preferences, unsubscribing
from server.routes.route import ALL, CHAT, Route
from server.schemas import devices as device_schemas
from server.schemas import drafts as draft_schemas
from server.schemas import messages as message_schemas
from server.schemas import notifications as notification_schemas
from server.schemas import preferences as schemas
from server.schemas.fields import ListQuery

DRAFT = CHAT + "/draft"

OWN_ROUTES = (
    Route(
        "GET",
        "/api/me/drafts",
        drafts.list_own_drafts,
        query=ListQuery,
        answer=draft_schemas.DraftList,
    ),
    Route("PUT", DRAFT, drafts.put_draft, body=draft_schemas.SaveDraft, answer=draft_schemas.OneDraft),
    Route("DELETE", DRAFT, drafts.delete_draft, status=204),
    Route("GET", CHAT + "/drafts", drafts.list_shared_drafts, answer=draft_schemas.SharedDraftList),
    Route(
        "GET",
        ALL + "/drafts",
        drafts.list_all_shared_drafts,
        query=ListQuery,
        answer=draft_schemas.AllSharedDrafts,
    ),
    Route(
        "GET",
        "/api/me/changes",
        preferences.list_own_changes,
        query=message_schemas.ChangesQuery,
        answer=message_schemas.Changes,
    ),
    Route(
        "GET",
        "/api/me/notifications",
        notifications.list_notifications,
        query=ListQuery,
        answer=notification_schemas.NotificationList,
    ),
    Route(
        "PATCH",
        "/api/me/notifications",
        notifications.read_notifications,
        body=notification_schemas.ReadNotifications,
        answer=notification_schemas.UnreadNotifications,
    ),
    Route("GET", "/api/me/preferences", preferences.show_preferences, answer=schemas.OnePreferences),
    Route(
        "PATCH",
        "/api/me/preferences",
        preferences.change_preferences,
        body=schemas.ChangePreferences,
        answer=schemas.OnePreferences,
    ),
    Route("GET", "/api/me/devices", devices.list_devices, answer=device_schemas.DeviceList),
    Route(
        "POST",
        "/api/me/devices",
        devices.add_device,
        body=device_schemas.AddDevice,
        answer=device_schemas.OneDevice,
        status=201,
        errors=("not_found",),
    ),
    Route("DELETE", r"/api/me/devices/{device_id:\d{1,20}}", devices.remove_device, status=204),
    Route(
        "POST",
        "/api/me/notifications/test",
        devices.test_channel,
        body=device_schemas.TestChannel,
        status=202,
        errors=("not_found",),
    ),
    # Not below /api: the app shows a page at the same address.
    Route(
        "POST",
        "/unsubscribe/{token}",
        unsubscribing.unsubscribe,
        needs_token=False,
        status=204,
    ),
)
