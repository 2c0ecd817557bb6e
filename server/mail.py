"""Hands mail over to the mail server of `SMTP_URL`; what is said there is never quoted: it may name people."""

import asyncio
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused

from server.mail_settings import Mail

PERMANENT = 500
# For all of a mail: well within a job's own time, and within the pause before it is tried again.
DEADLINE_SECONDS = 45.0


class MailAway(Exception):
    """It could not be handed over now; the message says why in a word."""


class MailRefused(Exception):
    """Nobody will ever take this mail for this address."""


async def send_mail(mail: Mail, message: EmailMessage) -> None:
    """Returns when the server has taken it; raises MailAway or MailRefused."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), _client(mail) as client:
            await client.send_message(message)
    except SMTPRecipientsRefused as error:
        codes = {refused.code for refused in error.recipients}
        if all(code >= PERMANENT for code in codes):
            raise MailRefused(f"refused with {min(codes)}") from None
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
    place = mail.place
    return SMTP(
        hostname=place.host,
        port=place.port,
        username=place.user,
        password=place.password,
        use_tls=place.smtps,
        start_tls=place.starttls,
        timeout=mail.timeout_seconds,
    )


def _word(error: BaseException) -> str:
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
