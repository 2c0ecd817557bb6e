"""Submits mail to the server of `SMTP_URL`. The server's replies are never quoted, as they may contain addresses."""

import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPConnectTimeoutError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from server.config.mail import Mail
from server.said.said import Said, said, verbatim

PERMANENT = 500
# For a whole submission: well within the job's timeout, and less than the delay before a retry.
DEADLINE_SECONDS = 45.0
# OpenSSL's verification errors (x509_vfy.h); all others mean that no trusted authority signed the certificate.
CERTIFICATES = {
    9: "mail_not_yet_valid",
    10: "mail_expired",
    18: "mail_self_signed",
    62: "mail_other_host",
    64: "mail_other_address",
}
SPEAKS_PLAINLY = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}


class MailAway(Exception):
    """The mail could not be submitted now; the message says why. It may be retried, twice if `may_be_sent`: the server
    did not answer, and may have it.
    """

    def __init__(self, reason: str, *, may_be_sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = verbatim(reason)
        self.may_be_sent = may_be_sent


class MailRejected(Exception):
    """The server permanently rejects this mail or its recipient."""


async def send_mail(mail: Mail, message: EmailMessage) -> None:
    """Submit a mail; raises MailAway or MailRejected."""
    is_begun = False
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), _client(mail) as client:
            is_begun = True
            await client.send_message(message)
    except SMTPRecipientsRefused as error:
        codes = {recipient.code for recipient in error.recipients}
        if all(code >= PERMANENT for code in codes):
            raise MailRejected(f"rejected with {min(codes)}") from None
        raise MailAway(f"deferred with {min(codes)}") from None
    except aiosmtplib.SMTPNotSupported as error:
        raise MailAway("SMTPNotSupported") from error
    except (SMTPException, OSError, TimeoutError) as error:
        may_be_sent = is_begun and not isinstance(error, SMTPResponseException)
        raise MailAway(_reason(error), may_be_sent=may_be_sent) from None


async def greet_mail_server(mail: Mail) -> None:
    """Connect with TLS, sign in, and send no mail; raises MailAway."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), _client(mail) as client:
            await client.noop()
    except (SMTPException, OSError, TimeoutError) as error:
        raise MailAway(_reason(error)) from None


def _client(mail: Mail) -> SMTP:
    server = mail.server
    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.smtps,
        start_tls=server.starttls,
        timeout=mail.timeout_seconds,
    )


def _reason(error: BaseException) -> Said:
    """The reason without the server's reply; for TLS problems, what is wrong and what to do."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return said(CERTIFICATES.get(cause.verify_code, "mail_untrusted"))
        if isinstance(cause, ssl.SSLError):
            if cause.reason in SPEAKS_PLAINLY:
                return said("mail_no_tls")
            return verbatim(f"{type(cause).__name__} {cause.reason}")
        cause = cause.__cause__
    if type(error) is SMTPException and "STARTTLS" in str(error):
        return said("mail_no_starttls")
    if isinstance(error, SMTPConnectTimeoutError) and isinstance(error.__cause__, SMTPTimeoutError):
        return said("mail_no_greeting")
    code = getattr(error, "code", None)
    return verbatim(f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__)
