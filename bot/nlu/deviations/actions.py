"""How the worker calls custom actions: a short payload on an open connection, the answer checked as stock Rasa does."""

import asyncio
from typing import Any, Optional

import aiohttp
import rasa
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.errors import ActionsUnavailableError


class AnswerValidator:
    """Checks an action's answer by Rasa's own schema, each event only by the part for its type.

    The schema says "exactly one of these 23" for every event; as each of them names another type, one look is enough.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        validator = validator_for(schema)
        events = schema["properties"]["events"]
        event = events["items"]
        self._answer = validator(
            {**schema, "properties": {**schema["properties"], "events": {**events, "items": {"type": "object"}}}}
        )
        self._event = validator({key: value for key, value in event.items() if key != "oneOf"})
        self._types = {part["properties"]["event"]["const"]: validator(part) for part in event["oneOf"]}

    def validate(self, answer: Any) -> None:
        """Raise jsonschema's ValidationError if `answer` is no answer."""
        self._answer.validate(answer)
        for event in answer.get("events", ()):
            self._event.validate(event)
            if event["event"] not in self._types:
                raise ValidationError(f"unknown event type {event['event']!r}")
            self._types[event["event"]].validate(event)


ANSWER_VALIDATOR = AnswerValidator(RemoteAction.action_response_format_spec())


class ShortRemoteAction(RemoteAction):
    """A custom action that is sent what happened in this turn and the slots, not the domain and the whole history."""

    def _action_call_format(self, tracker: DialogueStateTracker, _domain: Domain) -> dict[str, Any]:
        turn: list[dict[str, Any]] = []
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted) and event.action_name == "action_listen":
                break
            turn.append(event.as_dict())
        latest = tracker.latest_message
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "version": rasa.__version__,
            # rasa-sdk answers 449 "missing domain" where the key is absent, and reads nothing of it.
            "domain": {},
            "tracker": {
                "sender_id": tracker.sender_id,
                "slots": tracker.current_slot_values(),
                "latest_message": {**latest.parse_data, "metadata": latest.metadata} if latest else {},
                "latest_action_name": tracker.latest_action_name,
                "events": turn[::-1],
                "paused": False,
                "followup_action": None,
                "active_loop": {},
            },
        }

    def _validate_action_result(self, result: Any) -> bool:
        try:
            ANSWER_VALIDATOR.validate(result)
        except ValidationError as error:
            raise ActionsUnavailableError(f"{self.name()} answered something else than events and responses") from error
        return True


class ActionEndpoint(EndpointConfig):
    """The action server at `url`, asked over one open connection; `timeout` is seconds for a whole call.

    An open connection is made by the first call and ends with `close`.
    """

    def __init__(self, url: str, *, timeout: float) -> None:
        super().__init__(url=f"{url.rstrip('/')}/webhook")
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: Optional[aiohttp.ClientSession] = None

    async def request(self, method: str = "post", *, json: Any = None, **_ignored: Any) -> dict[str, Any]:
        """The parsed JSON answer to `json`.

        Raises:
            ActionsUnavailableError: no answer in time, another status than 200, or no JSON object.
        """
        try:
            status, answer = await self._ask(method, json)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise ActionsUnavailableError(f"action server {self.url}: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise ActionsUnavailableError(f"action server {self.url}: status {status}, no JSON object")
        return answer

    async def _ask(self, method: str, payload: Any) -> tuple[int, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            return await _exchange(self._session.request(method, self.url, json=payload))
        except aiohttp.ServerDisconnectedError:
            # The open connection was closed at the other end, as by a restart. Actions only read, so once more is safe.
            return await _exchange(self._session.request(method, self.url, json=payload))

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _exchange(request: Any) -> tuple[int, Any]:
    async with request as response:
        return response.status, await response.json() if response.status == 200 else None
