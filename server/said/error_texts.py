"""The default sentence of each error code, as `error_<code>`."""

from collections.abc import Mapping

ERRORS: Mapping[str, str] = {
    "error_malformed": "The request is malformed.",
    "error_unauthenticated": "The access token is missing, invalid or expired: sign in again.",
    "error_bad_credentials": "The e-mail address or password is wrong.",
    "error_bad_secret": "The webhook secret is missing or wrong.",
    "error_bad_signature": "The webhook signature is missing or invalid.",
    "error_plan_limit": "The plan's limit has been reached.",
    "error_not_entitled": "The plan does not include this.",
    "error_forbidden": "Your role does not allow this.",
    "error_not_found": "Not found, or not accessible to you.",
    "error_method_not_allowed": "This address does not support this method.",
    "error_conflict": "The request conflicts with the current state.",
    "error_changed": "Another user has changed this meanwhile: look at it again.",
    "error_newer_messages": "There are newer messages that you have not seen.",
    "error_too_large": "The request is too large.",
    "error_unsupported_media_type": "This address does not accept this content type.",
    "error_range_not_satisfiable": "The requested range is outside of the file.",
    "error_invalid": "Some fields are invalid.",
    "error_category_required": "In this account a conversation is closed with a category.",
    "error_too_many_requests": "Too many requests: wait before you try again.",
    "error_new_chats_stopped": "This account begins no new chats for now.",
    "error_headers_too_large": "The URL or the headers of the request are too large.",
    "error_internal": "An internal error occurred: quote the request_id when you report it.",
    "error_provider_failed": "UniPile could not complete the request.",
    "error_unavailable": "The service is temporarily unavailable: try again in a moment.",
    "error_provider_timeout": "UniPile did not respond in time: try again.",
}
