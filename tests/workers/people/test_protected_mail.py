"""Mail over TLS, implicit and with STARTTLS: sent only to the server that the certificate names."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme
from structlog.testing import capture_logs

from server.config import Config
from server.config.mail import Mail
from server.mail import MailAway, greet_mail_server, send_mail
from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import run_stack
from tests.support.mailbox import PASSWORD, USER, Mailbox, delivering
from tests.support.peers import eventually
from tests.support.ports import free_port
from tests.support.programs import run
from workers.people import mail

EVA, SENDER = "eva@x.example", "Confab <inbox@x.example>"
SCHEMES = ("smtps", "smtp")
ANOTHER, EXPIRED = "its certificate is for another host name", "its certificate has expired"
SAID = (b"AUTH", b"MAIL", b"RCPT", b"DATA")


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of this machine's trusted CAs."""
    path = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture
def bad(authority: trustme.CA, tmp_path: Path) -> Mapping[str, ssl.SSLContext]:
    """The reported cause -> an untrusted certificate."""
    now, day = datetime.now(UTC), timedelta(days=1)
    alone = trustme.CA()
    alone.cert_pem.write_to_path(str(tmp_path / "alone.pem"))
    alone.private_key_pem.write_to_path(str(tmp_path / "alone.key"))
    itself = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    itself.load_cert_chain(tmp_path / "alone.pem", tmp_path / "alone.key")
    return {
        "its certificate is not signed by an authority that this machine trusts": serving(
            alone.issue_cert("localhost")
        ),
        "its certificate is self-signed": itself,
        ANOTHER: serving(authority.issue_cert("mail.example")),
        EXPIRED: serving(authority.issue_cert("localhost", not_before=now - 2 * day, not_after=now - day)),
        "its certificate is not valid yet": serving(
            authority.issue_cert("localhost", not_before=now + day, not_after=now + 2 * day)
        ),
    }


def address(scheme: str, port: int) -> str:
    return f"{scheme}://{USER}:{quote(PASSWORD, safe='')}@localhost:{port}"


def mail_at(scheme: str, port: int) -> Mail:
    return Mail(
        url=address(scheme, port),
        sender=SENDER,
        timeout_seconds=5.0,
        digest_minutes=10,
        digest_pause_minutes=60,
    )


def box(scheme: str, tls: ssl.SSLContext) -> Mailbox:
    return Mailbox(needs_login=True, tls=tls, smtps=scheme == "smtps")


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_mail_waits_for_a_server_that_the_certificate_names(
    scheme: str,
    authority: trustme.CA,
    bad: Mapping[str, ssl.SSLContext],
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "FIRST_BACKOFF_SECONDS", 0.1)
    monkeypatch.setattr(mail, "LONGEST_BACKOFF_SECONDS", 0.2)
    port = free_port()
    async with run_stack(replace(config, mail=mail_at(scheme, port))) as stack:
        owner = await sign_in_as(stack, "owner")
        with capture_logs() as logs:
            await owner.ok("POST", "/api/users", {"email": EVA, "role": "agent"})
            async with delivering(box(scheme, bad[EXPIRED]), port):

                async def postponed() -> bool:
                    return any(line.get("reason") == EXPIRED for line in logs)

                await eventually(postponed)
            mailbox = box(scheme, serving(authority.issue_cert("localhost")))
            async with delivering(mailbox, port):

                async def delivered() -> bool:
                    return bool(mailbox.to(EVA))

                await eventually(delivered)
        assert not [word for word in (PASSWORD, quote(PASSWORD, safe=""), EVA) if word in repr(logs)]


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_nothing_is_sent_to_a_server_with_another_certificate(
    scheme: str, bad: Mapping[str, ssl.SSLContext]
) -> None:
    for wanted, tls in bad.items():
        mailbox, port = box(scheme, tls), free_port()
        async with delivering(mailbox, port):
            with pytest.raises(MailAway, match=f"^{wanted}$"):
                await greet_mail_server(mail_at(scheme, port))
            with pytest.raises(MailAway, match=f"^{wanted}$"):
                await send_mail(mail_at(scheme, port), EmailMessage())
        assert [line[:4] for line in mailbox.heard] == ([] if scheme == "smtps" else [b"EHLO", b"STAR"] * 2)


@pytest.mark.system
async def test_doctor_says_what_is_wrong_with_the_certificate(
    authority: trustme.CA, bad: Mapping[str, ssl.SSLContext], tmp_path: Path
) -> None:
    good = serving(authority.issue_cert("localhost"))
    rejected, taken = await asyncio.gather(
        ask_doctor("smtp", bad[ANOTHER], tmp_path), ask_doctor("smtps", good, tmp_path)
    )
    assert (rejected, taken) == (("failed", ANOTHER), ("ok", "accepts our sign-in"))


async def ask_doctor(scheme: str, tls: ssl.SSLContext, folder: Path) -> tuple[str, str]:
    """(state, message) of `run.py doctor` about a mail server with such a certificate."""
    port = free_port()
    settings = {
        "DATA_DIR": str(folder / f"var{port}"),
        "DATABASE_URL": f"postgres://127.0.0.1:{free_port()}/x",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        "UNIPILE_DSN": "http://127.0.0.1:9",
        "UNIPILE_API_KEY": "k8Zq+71tBf0=",
        "WEBHOOK_SECRET": "mK3vP8xR1wB6nT9q",
        "JWT_SECRET": "Q9wXr2Tz7Lm4Vb8Nc1Ks6Hd3Jf5Gp0Ya",
        "SMTP_URL": address(scheme, port),
        "CONFAB_MAIL_SENDER": SENDER,
    }
    async with delivering(box(scheme, tls), port):
        result = await asyncio.to_thread(run, "doctor", "--json", settings=settings)
    assert not [
        word for word in (PASSWORD, quote(PASSWORD, safe="")) if word in result.stdout + result.stderr
    ]
    (found,) = [check for check in json.loads(result.stdout)["checks"] if check["name"] == "mail"]
    return found["state"], found["message"].removeprefix(f"localhost:{port}").lstrip(": ")


async def test_nothing_is_sent_to_a_server_without_tls(authority: trustme.CA) -> None:
    plain = Mailbox(needs_login=True)
    port = free_port()
    async with delivering(plain, port):
        with pytest.raises(MailAway, match="it does not speak TLS from the start"):
            await greet_mail_server(mail_at("smtps", port))
        with pytest.raises(MailAway, match="it offers no STARTTLS"):
            await greet_mail_server(mail_at("smtp", port))
    assert not [line for line in plain.heard if line.upper().startswith(SAID)]


async def test_a_server_that_waits_for_tls_is_asked_for_with_smtps(authority: trustme.CA) -> None:
    """It waits for the client's first bytes, while a client that expects a greeting waits too."""
    protected = box("smtps", serving(authority.issue_cert("localhost")))
    port = free_port()
    async with delivering(protected, port):
        with pytest.raises(MailAway, match="use smtps://"):
            await greet_mail_server(replace(mail_at("smtp", port), timeout_seconds=0.5))
        with pytest.raises(MailAway, match=r"^SMTPConnectError$"):
            await greet_mail_server(mail_at("smtp", free_port()))
    assert protected.heard == []
