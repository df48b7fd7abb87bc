"""Citizens who write while processes die, over REST or a WebSocket, and repeat what was not acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientWebSocketResponse, WSMsgType

from bot.language import Language
from bot.web.chat.handoff_texts import say
from bot.web.chat.rendering import message_id
from tests.load.record import Budget, Written

SENTENCES: dict[Language, tuple[str, ...]] = {
    "de": (
        "Was kostet ein Reisepass?",
        "Wie lange dauert ein Personalausweis?",
        "Welche Unterlagen brauche ich für die Anmeldung?",
        "Wann hat das Bürgerbüro geöffnet?",
        "Danke",
        "Wie ist das Wetter auf dem Mond?",
    ),
    "en": (
        "How much is a passport?",
        "Which documents do I need to register my address?",
        "When is the citizens' office open?",
        "Thank you",
    ),
}
TRY_SECONDS = 30.0  # for one request
ANSWER_SECONDS = 60.0  # for the bot's answer to what a socket has acknowledged
PAUSE_SECONDS = (0.05, 0.4)  # before the next try
WISH_SHARE = 0.12  # how often a message is the wish for a human instead

Gone = (ClientError, ConnectionError, TimeoutError)


class LostConversationError(Exception):
    """The server refuses what cannot be wrong."""


@dataclass
class Citizen:
    """One conversation. `numbers` are the messages a socket has shown, in the order in which it did."""

    session: ClientSession
    origin: str
    random: Random
    name: int
    language: Language
    thinks: float  # at most so many seconds before the next message
    written: Written = field(default_factory=Written)
    mode: str = "bot"
    unanswered: int = 0
    numbers: list[int] = field(default_factory=list)
    id: str = ""
    token: str = ""
    offered: list[dict[str, str]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"{self.origin}/api/v1/conversations/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def begin(self) -> None:
        """Begin the conversation."""

        async def create() -> bool:
            url = f"{self.origin}/api/v1/conversations"
            async with self.session.post(url, json={"language": self.language}) as response:
                if refused(response):
                    return False
                begun = await response.json()
                self.id, self.token = begun["id"], begun["token"]
                return True

        await self.insist(create)

    async def talk(self, budget: Budget) -> None:
        """Write until nothing is left to be written."""
        while await budget.take():
            key = f"c{self.name}-{budget.taken}"
            await self.deliver(key, self._next_body(key))
            self.written.acknowledge(key)
            await asyncio.sleep(self.random.uniform(0, self.thinks))

    async def deliver(self, key: str, body: dict[str, str]) -> None:
        """Send a message again and again until it is acknowledged."""

        async def post() -> bool:
            self.written.send(key)
            headers = self.headers | {"Idempotency-Key": key}
            async with self.session.post(f"{self.path}/messages", json=body, headers=headers) as response:
                if refused(response):
                    return False
                answers = (await response.json())["messages"]
                self.mode = "human" if response.status == 202 else "bot"
                if not answers and response.status == 200:
                    self.unanswered += 1
                self.see(answers)
                return True

        await self.insist(post)

    async def history(self) -> list[dict[str, Any]]:
        """All messages as the API has them."""
        async with self.session.get(f"{self.path}/messages", headers=self.headers) as response:
            response.raise_for_status()
            messages: list[dict[str, Any]] = (await response.json())["messages"]
            return messages

    async def insist(self, attempt: Callable[[], Awaitable[bool]]) -> None:
        """Try until it worked; the system has to come back by itself."""
        while True:
            try:
                async with asyncio.timeout(TRY_SECONDS):
                    if await attempt():
                        return
            except Gone:
                pass
            await asyncio.sleep(self.random.uniform(*PAUSE_SECONDS))

    def see(self, messages: list[dict[str, Any]]) -> None:
        """The buttons of the last message are those that can be pressed."""
        for message in messages:
            self.offered = message.get("choices", [])

    def _next_body(self, key: str) -> dict[str, str]:
        accept = [button["choice"] for button in self.offered if button["title"] == say("accept", self.language)]
        self.offered = []
        if accept and self.mode == "bot":
            return {"choice": accept[0]}
        if self.mode == "bot" and self.random.random() < WISH_SHARE:
            return {"wish": "human"}
        return {"text": f"{self.random.choice(SENTENCES[self.language])} ({key})"}


@dataclass
class SocketCitizen(Citizen):
    """The same over a WebSocket, which is opened again and goes on after the last message."""

    socket: ClientWebSocketResponse | None = None
    seen: int = 0
    acknowledged_as: int = 0  # number of the own message that was sent last
    answered: int = 0  # number of the last message of bot or system

    async def deliver(self, key: str, body: dict[str, str]) -> None:
        """Send until the ack; then wait for the answer where the bot has the conversation."""

        async def send() -> bool:
            socket = await self._open()
            self.written.send(key)
            await socket.send_json({"type": "message", "id": key, **body})
            while True:
                frame = await self._receive(socket)
                if frame["type"] == "error" and frame.get("id") == key:
                    refuse(frame["error"]["code"])
                    return False
                if frame["type"] == "ack" and frame["id"] == key:
                    self.acknowledged_as = number_of(frame["message"])
                    return True

        await self.insist(send)
        self.written.acknowledge(key)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.insist(self._wait_for_answer)
        except TimeoutError:
            self.unanswered += 1

    async def _wait_for_answer(self) -> bool:
        socket = await self._open()
        while not (self.mode == "human" or self.answered > self.acknowledged_as):
            await self._receive(socket)
        return True

    async def _open(self) -> ClientWebSocketResponse:
        if self.socket is None or self.socket.closed:
            self.socket = await self.session.ws_connect(f"{self.path}/socket", heartbeat=5)
            after = message_id(self.seen) if self.seen else None
            await self.socket.send_json({"type": "hello", "token": self.token, "after": after})
        return self.socket

    async def _receive(self, socket: ClientWebSocketResponse) -> dict[str, Any]:
        frame = await socket.receive()
        if frame.type is not WSMsgType.TEXT:
            await socket.close()
            raise ClientError("the socket is closed")
        event: dict[str, Any] = frame.json()
        if event["type"] == "state":
            self.mode = event["state"]
        if event["type"] in {"message", "ack"}:
            self._note(event["message"], is_ack=event["type"] == "ack")
        return event

    def _note(self, message: dict[str, Any], *, is_ack: bool) -> None:
        number = number_of(message)
        if not is_ack or number > self.seen:  # the ack of a repeated message names one that was shown before
            self.numbers.append(number)
        self.seen = max(self.seen, number)
        if message["role"] in {"bot", "system"}:
            self.answered = max(self.answered, number)
            self.see([message])

    async def leave(self) -> None:
        """Close the socket."""
        if self.socket is not None:
            await self.socket.close()


def number_of(message: dict[str, Any]) -> int:
    """Its place in the conversation, from 1."""
    return int(message["id"])


def refused(response: ClientResponse) -> bool:
    """True where the same may work a little later.

    Raises:
        LostConversationError: it never will.
    """
    if response.status in {200, 201, 202, 303}:
        return False
    if response.status in {409, 429} or response.status >= 500:
        return True
    raise LostConversationError(f"{response.method} {response.url.path}: {response.status}")


def refuse(code: str) -> None:
    """Raise LostConversationError for an error of a socket that will not go away."""
    if code not in {"unavailable", "internal", "conversation_busy", "too_many_requests"}:
        raise LostConversationError(code)
