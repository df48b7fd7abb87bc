"""Caseworkers at the desk's own pages: they take whoever waits first, all at once, write and close."""

import asyncio
import re
from dataclasses import dataclass, field
from html import unescape
from random import Random

from aiohttp import ClientSession

from tests.load.citizens import PAUSE_SECONDS, TRY_SECONDS, Gone, LostConversationError
from tests.load.record import Budget, Claims, Written

CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
CLAIM = re.compile(r'action="/desk/conversations/(\d+)/claim"')
ANSWERS = (1, 5)  # so many messages to one citizen
IDLE_SECONDS = 0.3


@dataclass
class Caseworker:
    """Somebody at a browser. `written` is by handoff."""

    session: ClientSession
    origin: str
    random: Random
    name: str
    claims: Claims
    budget: Budget
    written: dict[int, Written] = field(default_factory=dict)
    refused: int = 0  # writing was refused though the conversation was theirs

    async def sign_in(self, password: str) -> None:
        """Give name and password."""
        fields = {"name": self.name, "password": password}
        status, where, page = await self.post("/staff/login", fields, form="/staff/login")
        if status != 303 or where.startswith("/staff/login"):
            raise LostConversationError(f"{self.name} cannot sign in: {status} {page[:200]}")

    async def work(self, done: asyncio.Event) -> None:
        """Serve citizens until `done` is set and nobody waits any more."""
        while True:
            is_last = done.is_set()
            waiting = await self.waiting()
            if waiting:
                await self.serve(waiting[0])
            elif is_last:
                return
            else:
                await asyncio.sleep(IDLE_SECONDS)

    async def waiting(self) -> list[int]:
        """Who waits, as the desk shows it; whoever looks counts as present."""
        _, _, page = await self.request("GET", "/desk")
        return [int(found) for found in CLAIM.findall(page)]

    async def serve(self, handoff: int) -> None:
        """Try to get a conversation; write into it, and end it."""
        base = f"/desk/conversations/{handoff}"
        self.claims.tried += 1
        status, _, _ = await self.post(f"{base}/claim", {})
        if status == 409:
            self.claims.taken_by_others += 1
            return
        self.claims.win(handoff, self.name)
        written = self.written.setdefault(handoff, Written())
        for _ in range(self.random.randint(*ANSWERS)):
            if not await self.budget.take():
                break
            key = f"{self.name}x{self.budget.taken}"
            status, _, _ = await self.post(f"{base}/messages", {"text": f"Antwort {key}", "key": key}, written=written)
            if status == 409:
                self.refused += 1
                return
            written.acknowledge(key)
            await asyncio.sleep(self.random.uniform(0, IDLE_SECONDS))
        # A close that is repeated because its answer was lost is refused: it is over already.
        await self.post(f"{base}/close", {"outcome": "solved", "service": ""})

    async def post(
        self, path: str, fields: dict[str, str], *, form: str = "/desk", written: Written | None = None
    ) -> tuple[int, str, str]:
        """Send a form until it was worked on: (303 or 409, where it led, page)."""
        _, _, page = await self.request("GET", form)
        token = CSRF.findall(page)[0]
        return await self.request("POST", path, {"csrf": token, **fields}, written=written)

    async def request(
        self, method: str, path: str, fields: dict[str, str] | None = None, *, written: Written | None = None
    ) -> tuple[int, str, str]:
        """(status, location, page), as soon as there is one."""
        while True:
            if written is not None and fields is not None:
                written.send(fields["key"])
            try:
                async with asyncio.timeout(TRY_SECONDS):
                    async with self.session.request(
                        method, self.origin + path, data=fields, allow_redirects=False
                    ) as response:
                        page = unescape(await response.text())
                        where = response.headers.get("Location", "")
            except Gone:
                pass
            else:
                if response.status < 500:
                    return self._checked(method, path, response.status, where), where, page
            await asyncio.sleep(self.random.uniform(*PAUSE_SECONDS))

    def _checked(self, method: str, path: str, status: int, where: str) -> int:
        is_sign_in = path == "/staff/login"
        if status not in {200, 303, 409} or (where.startswith("/staff/login") and not is_sign_in):
            raise LostConversationError(f"{self.name}: {method} {path}: {status} {where}")
        return status
