"""Hands mail over to the mail server of `SMTP_URL`; what is said there is never quoted: it may name people."""

import asyncio
import ssl
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPConnectTimeoutError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPTimeoutError,
)

from server.config.mail import Mail

PERMANENT = 500
# For all of a mail: well within a job's own time, and within the pause before it is tried again.
DEADLINE_SECONDS = 45.0
# OpenSSL's numbers of what is wrong with a certificate (x509_vfy.h); every other one means that nobody vouches for it.
CERTIFICATES = {
    9: "its certificate is not good yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself only",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}
UNTRUSTED = "its certificate is signed by nobody whom this machine trusts"
NO_TLS = "it does not speak TLS from the start, as smtps:// has it"
SPEAKS_PLAINLY = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}
SILENT = (
    "it takes the connection and says nothing; one that speaks TLS from the start is asked for with smtps://"
)
NO_STARTTLS = "it offers no STARTTLS, and nothing is said unprotected"


class MailAway(Exception):
    """It could not be handed over now; the message says why in a word."""


class MailRejected(Exception):
    """Nobody will ever take this mail for this address."""


async def send_mail(mail: Mail, message: EmailMessage) -> None:
    """Returns when the server has taken it; raises MailAway or MailRefused."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), _client(mail) as client:
            await client.send_message(message)
    except SMTPRecipientsRefused as error:
        codes = {refused.code for refused in error.recipients}
        if all(code >= PERMANENT for code in codes):
            raise MailRejected(f"refused with {min(codes)}") from None
        raise MailAway(f"put off with {min(codes)}") from None
    except aiosmtplib.SMTPNotSupported as error:
        raise MailAway("SMTPNotSupported") from error
    except (SMTPException, OSError, TimeoutError) as error:
        raise MailAway(_word(error)) from None


async def greet_mail_server(mail: Mail) -> None:
    """Connect, protect the connection and sign in, and send nothing; raises MailAway."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), _client(mail) as client:
            await client.noop()
    except (SMTPException, OSError, TimeoutError) as error:
        raise MailAway(_word(error)) from None


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


def _word(error: BaseException) -> str:
    """What went wrong, without what the server said; a connection that cannot be protected says why."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CERTIFICATES.get(cause.verify_code, UNTRUSTED)
        if isinstance(cause, ssl.SSLError):
            return NO_TLS if cause.reason in SPEAKS_PLAINLY else f"{type(cause).__name__} {cause.reason}"
        cause = cause.__cause__
    if type(error) is SMTPException and "STARTTLS" in str(error):
        return NO_STARTTLS
    if isinstance(error, SMTPConnectTimeoutError) and isinstance(error.__cause__, SMTPTimeoutError):
        return SILENT
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
