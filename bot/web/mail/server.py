"""The town's mail server: takes an e-mail, refuses it, or is not there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from bot.conversations.outbox import Problem
from bot.settings import Settings

CONNECT_SECONDS = 30.0
COMMAND_SECONDS = 120.0  # servers look for viruses before they say yes
DELIVERY_SECONDS = 300.0  # for all of it; shorter than the lease of the outbox
FAREWELL_SECONDS = 5.0
SIGN_IN_CODES = frozenset({530, 534, 535, 538})
FOR_GOOD = 500


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why an e-mail was not taken. `for_good`: another try would end the same way; `code`: what the server said."""

    problem: Problem
    for_good: bool = False
    code: int | None = None


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where e-mails are handed in; `tls` is "none", "starttls" or "tls"."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    sender: str

    async def deliver(self, message: bytes, recipient: str) -> Refusal | None:
        """Hand in an e-mail; None where the server took it."""
        try:
            async with asyncio.timeout(DELIVERY_SECONDS), self._connected() as client:
                await client.sendmail(self.sender, [recipient], message)
        except SMTPRecipientsRefused as error:
            code = error.recipients[0].code
            return Refusal(problem="address", for_good=True, code=code) if code >= FOR_GOOD else _later(code)
        except SMTPResponseException as error:
            return _read_refusal(error)
        except (SMTPException, OSError):  # also: too slow, gone in the middle, no or bad TLS
            return Refusal(problem="unreachable")
        return None

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        client = SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            username=self.user or None,
            password=self.password or None,
            local_hostname=self.sender.rpartition("@")[2],  # a container's own name is none that servers like
            timeout=COMMAND_SECONDS,
        )
        try:
            await client.connect(timeout=CONNECT_SECONDS)
            yield client
            with contextlib.suppress(SMTPException, OSError):  # what it took, it has taken
                await client.quit(timeout=FAREWELL_SECONDS)
        finally:
            client.close()


def make_server(settings: Settings) -> MailServer | None:
    """The server of the settings, None where there is none."""
    if not settings.smtp_host:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.smtp_sender,
    )


def _read_refusal(error: SMTPResponseException) -> Refusal:
    if isinstance(error, SMTPAuthenticationError) or error.code in SIGN_IN_CODES:
        return Refusal(problem="sign_in", code=error.code)
    if isinstance(error, SMTPDataError | SMTPSenderRefused) and error.code >= FOR_GOOD:
        return Refusal(problem="refused", for_good=True, code=error.code)
    return _later(error.code)


def _later(code: int) -> Refusal:
    return Refusal(problem="later", code=code)
