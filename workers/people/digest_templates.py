"""The mails about notifications: plain text in the user's language, with a way to get no more of them."""

from email.message import EmailMessage

from server.store.notifying.digests import Digest
from server.store.people.users import User
from server.text.graphemes import isolate
from workers.people.mail_templates import new_mail
from workers.people.notification_texts import Texts, line_of, path_of, texts_of


def render_digest(digest: Digest, sender: str, public_url: str, unsubscribe_url: str) -> EmailMessage:
    """The digest; raises MailRejected for an invalid address. Its id is the same however often it is rendered."""
    texts = texts_of(digest.language)
    subject = texts.subject_one if digest.total == 1 else texts.subject_many.format(count=digest.total)
    lines = [f"{line_of(line)}\n    {public_url}{path_of(line)}" for line in digest.lines]
    if digest.total > len(digest.lines):
        lines.append(texts.more.format(count=digest.total - len(digest.lines)))
    message = _new_message(digest.email, subject, sender, unsubscribe_url)
    domain = sender.rpartition("@")[2].rstrip("> ")
    message.replace_header("Message-ID", f"<digest-{digest.user_id}-{digest.up_to}@{domain}>")
    body = "\n\n".join((texts.intro, *lines))
    message.set_content(_content(texts, digest.name, body, public_url, unsubscribe_url))
    return message


def render_test(
    user: User, language: str, sender: str, public_url: str, unsubscribe_url: str
) -> EmailMessage:
    texts = texts_of(language)
    message = _new_message(user.email, texts.test_title, sender, unsubscribe_url)
    message.set_content(_content(texts, user.name, texts.test_text, public_url, unsubscribe_url))
    return message


def _new_message(email: str, subject: str, sender: str, unsubscribe_url: str) -> EmailMessage:
    message = new_mail(email, f"Confab: {subject}", sender)
    # One click in the mail program, without signing in (RFC 8058).
    message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _content(texts: Texts, name: str, body: str, public_url: str, unsubscribe_url: str) -> str:
    parts = (
        texts.greeting.format(name=isolate(name.strip())),
        body,
        f"{texts.settings.format(url=f'{public_url}/settings/profile')}\n{texts.stop.format(url=unsubscribe_url)}",
    )
    return "\n\n".join(parts) + "\n"
