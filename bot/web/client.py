"""A client of our own REST API, for the command line, evaluation and benchmarks."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.errors import UnavailableError
from bot.language import Language

TIMEOUT = aiohttp.ClientTimeout(total=30)


class Client:
    """One citizen, one conversation at a time. Use as an async context manager."""

    def __init__(self, origin: str) -> None:
        self._origin = origin.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._conversation = ""
        self._headers: Mapping[str, str] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def start(self, language: Language | None) -> None:
        """Begin a new conversation.

        Raises:
            UnavailableError: Stadtlotse does not run there, or refuses.
        """
        body = {} if language is None else {"language": language}
        created = await self._request("POST", "/api/v1/conversations", body)
        self._conversation = f"/api/v1/conversations/{created['id']}"
        self._headers = {"Authorization": f"Bearer {created['token']}"}

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Send a message; returns the messages that answer it (contract: Message)."""
        return await self._messages({"text": text})

    async def choose(self, choice: str) -> list[dict[str, Any]]:
        """Press a button."""
        return await self._messages({"choice": choice})

    async def history(self) -> list[dict[str, Any]]:
        """All messages of the conversation."""
        answer = await self._request("GET", f"{self._conversation}/messages", None)
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    async def erase(self) -> None:
        """Delete the conversation on the server."""
        await self._request("DELETE", self._conversation, None)

    async def _messages(self, body: Mapping[str, str]) -> list[dict[str, Any]]:
        answer = await self._request("POST", f"{self._conversation}/messages", body)
        messages: list[dict[str, Any]] = answer.get("messages", [])
        return messages

    async def _request(self, method: str, path: str, body: Mapping[str, str] | None) -> dict[str, Any]:
        if self._session is None:
            raise RuntimeError("use the client as an async context manager")
        try:
            async with self._session.request(method, self._origin + path, json=body, headers=self._headers) as response:
                answer: dict[str, Any] = {} if response.status == 204 else await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError(f"no answer from {self._origin}; start it with: make run") from error
        if response.status >= 400:
            refused = answer.get("error", {})
            raise UnavailableError(f"{method} {path}: {response.status} {refused.get('message', '')}")
        return answer
