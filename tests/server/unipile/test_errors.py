"""The table of UniPile's errors: each has a sentence that says what the user should do."""

import pytest

from server.unipile.errors import ADVICE, ADVICE_BY_STATUS, Rejected, error_from

# unipile-api.md §1.4, without the prefix.
DOCUMENTED = {
    400: "invalid_parameters missing_parameters invalid_request malformed_request content_too_large invalid_url "
    "too_many_characters unescaped_characters limit_too_high invalid_action invalid_label",
    401: "missing_credentials invalid_credentials multiple_sessions wrong_account invalid_proxy_credentials "
    "invalid_imap_configuration invalid_smtp_configuration invalid_checkpoint_solution checkpoint_error "
    "expired_credentials expired_link insufficient_privileges disconnected_account disconnected_feature "
    "invalid_credentials_but_valid_account_imap captcha_not_supported",
    403: "insufficient_permissions account_restricted account_mismatch unknown_authentication_context "
    "session_mismatch feature_not_subscribed subscription_required resource_access_restricted action_required",
    404: "resource_not_found invalid_resource_identifier",
    415: "unsupported_media_type",
    422: "invalid_account invalid_recipient no_connection_with_recipient blocked_recipient user_unreachable "
    "unprocessable_entity action_already_performed invalid_message invalid_post not_allowed_inmail "
    "insufficient_credits cannot_resend_yet cannot_resend_within_24hrs limit_exceeded already_invited_recently "
    "cannot_invite_attendee parent_mail_not_found invalid_reply_subject invalid_headers send_as_denied "
    "invalid_folder invalid_thread limit_too_high unauthorized sender_rejected recipient_rejected "
    "ip_rejected_by_server provider_unreachable account_configuration_error cant_send_message "
    "realtime_client_not_initialized",
    425: "auth_in_progress",
    429: "too_many_requests",
    500: "unexpected_error provider_error authentication_intent_error",
    501: "feature_not_implemented",
    503: "no_client_session no_channel no_handler network_down service_unavailable",
    504: "request_timeout",
}
CASES = [(status, word) for status, words in DOCUMENTED.items() for word in words.split()]
OURS = {"not_reached", "timeout", "connection_lost", "circuit_open", "no_turn"}


@pytest.mark.parametrize(("status", "word"), CASES)
def test_every_documented_type_says_what_to_do(status: int, word: str) -> None:
    error = error_from(status, {"type": f"errors/{word}", "title": "UniPile's own words."})
    assert error.type == word
    assert error.advice == ADVICE[word]


def test_the_table_has_nothing_else_and_speaks_in_sentences() -> None:
    assert set(ADVICE) == {word for _, word in CASES} | OURS
    for sentence in (*ADVICE.values(), *ADVICE_BY_STATUS.values()):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 407, 408, 409, 418, 422, 425, 429, 500, 501, 502, 503]
)
def test_an_unknown_error_type_says_what_to_do(status: int) -> None:
    error = error_from(status, {"type": "errors/a_word_of_tomorrow", "detail": "Secret detail"})
    assert error.advice.endswith(".")
    assert "Secret" not in error.advice


@pytest.mark.parametrize("word", ["missing_credentials", "invalid_credentials"])
def test_a_wrong_key_is_a_configuration_error(word: str) -> None:
    error = error_from(401, {"type": f"errors/{word}"})
    assert isinstance(error, Rejected)
    assert error.is_our_key
    assert not error_from_disconnected().is_our_key


def error_from_disconnected() -> Rejected:
    error = error_from(401, {"type": "errors/disconnected_account"})
    assert isinstance(error, Rejected)
    return error
