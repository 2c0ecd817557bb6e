"""The mails of one-time links: plain text."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from server.mail import MailRejected
from server.store.people.user_links import WantedMail
from server.text.graphemes import isolate

SUBJECTS = {
    "invitation": "You are invited to Confab",
    "reset": "A new password for Confab",
}
FIRST_LINES = {
    "invitation": "you are invited to your team's WhatsApp inbox. Choose a password here:",
    "reset": "you can choose a new password for your team's WhatsApp inbox here:",
}
MAIL = """Hello {name},

{first_line}

    {url}

The link works once, until {until}. If you did not expect this mail, ignore it: nothing will change.
"""


def new_mail(email: str, subject: str, sender: str) -> EmailMessage:
    """A mail without its text; raises MailRejected for an invalid address."""
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = sender
    try:
        message["To"] = Address(addr_spec=email)
    except (ValueError, IndexError, AttributeError) as error:
        raise MailRejected("the address is invalid") from error
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip("> "))
    message["Auto-Submitted"] = "auto-generated"
    return message


def render_mail(wanted: WantedMail, url: str, sender: str) -> EmailMessage:
    """The mail of a link; raises MailRejected for an invalid address."""
    message = new_mail(wanted.email, SUBJECTS[wanted.kind], sender)
    until = f"{wanted.expires_at:%Y-%m-%d %H:%M} UTC"
    message.set_content(
        MAIL.format(
            name=isolate(wanted.name.strip()), first_line=FIRST_LINES[wanted.kind], url=url, until=until
        )
    )
    return message
