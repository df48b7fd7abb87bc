"""A real SMTP server on loopback that does as it is told."""

import asyncio
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SENDER = "assistant@town.example"
YES = "250 OK"


@dataclass
class PostOffice:
    """The server, up or down at a port that stays the same. Its answers are "250 OK" or a refusal: "550 no"."""

    options: dict[str, Any] = field(default_factory=dict)  # of aiosmtpd's SMTP
    tls: ssl.SSLContext | None = None  # from the first byte on
    letters: list[Envelope] = field(default_factory=list)
    tries: int = 0
    at_sender: str = YES
    at_recipient: str = YES
    at_text: str = YES
    seconds: float = 0.0  # before it answers to the text
    port: int = 0
    server: asyncio.Server | None = None

    async def open(self) -> None:
        def make() -> SMTP:
            return SMTP(self, hostname="mail.town.example", ident="Test", **self.options)

        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(make, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    async def handle_MAIL(  # noqa: N802 - names of aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.tries += 1
        envelope.mail_from = address
        return self.at_sender

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.at_recipient == YES:
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.at_text == YES:
            self.letters.append(envelope)
        await asyncio.sleep(self.seconds)
        return self.at_text

    @property
    def settings(self) -> dict[str, Any]:
        """Of a web process that sends its e-mails here."""
        return {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_tls": "none", "smtp_sender": SENDER}

    async def take(self, count: int = 1) -> list[EmailMessage]:
        """The e-mails, as a program of the citizen reads them, as soon as there are so many."""
        async with asyncio.timeout(10):
            while len(self.letters) < count:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.02)
        return [_read(letter) for letter in self.letters]


def let_in(user: str, password: str) -> Any:
    """An authenticator for `options`."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        known = LoginPassword(user.encode(), password.encode())
        return AuthResult(success=given == known, handled=False)

    return check


def _read(letter: Envelope) -> EmailMessage:
    content = letter.content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message
