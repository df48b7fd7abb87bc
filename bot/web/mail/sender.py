"""Sends what waits in the outbox, one e-mail after the other, beside the requests of this process."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Concatenate

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.catalogue.importers.record import Town
from bot.conversations.outbox import LEASE, Mail, finish_mail, list_due, put_off, take_mail
from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError
from bot.mail_address import is_mail_address
from bot.web.keys import SETTINGS, STORE, TOWN
from bot.web.mail.letter import compose
from bot.web.mail.server import MailServer, Refusal, make_server

PAUSE_SECONDS = 5.0  # e-mails of other processes, and those that were put off
DRAIN_SECONDS = 5.0  # for the one that is being sent when the process stops
NOTE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class MailSender:
    """Takes due e-mails from the outbox and hands them to the server; without one it does nothing."""

    def __init__(self, store: Store, *, server: MailServer | None, town: Callable[[], Town]) -> None:
        self._store = store
        self._server = server
        self._town = town
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Something was put into the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """Send again and again, until stopped."""
        while self._server is not None and not self._stopping:
            self._wake.clear()
            try:
                await self.send_due()
            except DatabaseUnavailableError:  # /readyz says so
                pass
            except Exception as error:  # what is broken once must not end it for all others
                log.error("mail_sender_failed", exc_info=error)  # noqa: TRY400 - logged by place, without its text
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_SECONDS):
                    await self._wake.wait()

    async def stop(self, running: "asyncio.Task[None]") -> None:
        """Let the e-mail that is being sent arrive, for a while."""
        self._stopping = True
        self._wake.set()
        _, late = await asyncio.wait([running], timeout=DRAIN_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def send_due(self) -> None:
        """Send what is due now; while the server cannot be reached, one is tried for all.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        for mail_id in await self._store.read(list_due, at=_now()):
            mail = None if self._stopping else await self._store.write(take_mail, mail_id, at=_now())
            if mail is None:
                continue
            refusal = await self._deliver(mail)
            await self._note(mail, refusal)
            if refusal is not None and refusal.problem in {"unreachable", "sign_in"}:
                return

    async def _deliver(self, mail: Mail) -> Refusal | None:
        if self._server is None:
            return Refusal(problem="unreachable")
        if not is_mail_address(mail.request.email):
            return Refusal(problem="address", for_good=True)
        message = compose(mail, town=self._town(), sender=self._server.sender)
        return await self._server.deliver(message.as_bytes(), mail.request.email)

    async def _note(self, mail: Mail, refusal: Refusal | None) -> None:
        """Write down what became of it. The address and the words of the server stay out of the log."""
        if refusal is None:
            await self._write(finish_mail, mail, at=_now())
            log.info("mail_sent", request=mail.request.id, kind=mail.kind, tries=mail.tries)
            return
        told = {"request": mail.request.id, "kind": mail.kind, "problem": refusal.problem, "code": refusal.code}
        if refusal.for_good:
            await self._write(finish_mail, mail, at=_now(), problem=refusal.problem)
            log.warning("mail_refused", **told)
        else:
            await self._write(put_off, mail, at=_now(), problem=refusal.problem)
            log.warning("mail_put_off", tries=mail.tries, **told)

    async def _write(
        self, query: Callable[Concatenate[Connection, Mail, ...], None], mail: Mail, **values: object
    ) -> None:
        """Without this note the e-mail would go out again: a database that is away for a moment is waited for."""
        give_up = time.monotonic() + LEASE.total_seconds() / 2
        while True:
            try:
                return await self._store.write(query, mail, **values)
            except DatabaseUnavailableError:
                if time.monotonic() > give_up:
                    raise
            await asyncio.sleep(NOTE_SECONDS)


MAIL = web.AppKey("mail", MailSender)


async def sending_mail(app: web.Application) -> AsyncIterator[None]:
    """For `cleanup_ctx`, after the store and the town are there."""
    sender = app[MAIL] = MailSender(app[STORE], server=make_server(app[SETTINGS]), town=app[TOWN].current)
    running = asyncio.create_task(sender.run())
    yield
    await sender.stop(running)


def _now() -> datetime:
    return datetime.now(UTC)
