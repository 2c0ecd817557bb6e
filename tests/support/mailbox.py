"""A small SMTP server that accepts mail or rejects it as configured."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "confab", "p@ss/word of a test"


@dataclass
class Mailbox:
    """The received mail, and the responses to the next clients."""

    messages: list[EmailMessage] = field(default_factory=list)
    # Everything that clients have sent, verbatim.
    heard: list[bytes] = field(default_factory=list)
    # The response to RCPT: 250, or an error.
    rcpt: int = 250
    needs_login: bool = False
    # It accepts a mail and goes away without saying so.
    is_silent: bool = False
    # Its certificate: used from the start with `smtps`, otherwise after STARTTLS.
    tls: ssl.SSLContext | None = None
    smtps: bool = False

    def to(self, email: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == email]

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client to its end."""
        writer.write(b"220 mail.example ESMTP\r\n")
        with suppress(ssl.SSLError, ConnectionError):
            await self._listen(reader, writer, offers_tls=self.tls is not None and not self.smtps)
        writer.close()

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, offers_tls: bool
    ) -> None:
        signed_in = not self.needs_login
        while line := await reader.readline():
            self.heard.append(line)
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                raw = await reader.readuntil(b"\r\n.\r\n")
                self.messages.append(
                    message_from_bytes(raw[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default)
                )
                if self.is_silent:
                    break
            if self.tls and offers_tls and verb == b"STAR":
                writer.write(b"220 go on\r\n")
                await writer.start_tls(self.tls)
                offers_tls = False
                continue
            signed_in = signed_in or self._is_login(line)
            writer.write(self._answer(verb, line, signed_in=signed_in, offers_tls=offers_tls))
            if verb == b"QUIT":
                break

    def _answer(self, verb: bytes, line: bytes, *, signed_in: bool, offers_tls: bool) -> bytes:
        if verb == b"EHLO":
            return b"250-mail.example\r\n%b250 AUTH PLAIN\r\n" % (b"250-STARTTLS\r\n" if offers_tls else b"")
        if verb == b"AUTH":
            return b"235 welcome\r\n" if signed_in else b"535 no\r\n"
        if verb == b"MAIL" and not signed_in:
            return b"530 sign in\r\n"
        if verb == b"RCPT":
            return b"%d as told\r\n" % self.rcpt
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"

    def _is_login(self, line: bytes) -> bool:
        words = line.split()
        return words[:2] == [b"AUTH", b"PLAIN"] and b64decode(words[2]).split(b"\0")[1:] == [
            USER.encode(),
            PASSWORD.encode(),
        ]


@asynccontextmanager
async def delivering(mailbox: Mailbox, port: int) -> AsyncIterator[None]:
    """Runs the mail server until the block ends."""
    tls = mailbox.tls if mailbox.smtps else None
    server = await asyncio.start_server(mailbox.converse, "127.0.0.1", port, ssl=tls)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()
