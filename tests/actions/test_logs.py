"""What the action server logs of a call that fails: what kind of failure it was and where, never a word of it."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import rasa_sdk
from httpx import ASGITransport, AsyncClient
from rasa_sdk import Action
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from tests.web.conftest import ReadLog, logged  # noqa: F401 - a fixture

WORD = "Zitronengrille"


class FailsByWord(Action):
    """Fails as code does that repeats what it could not read."""

    def name(self) -> str:
        """As rasa-sdk registers it."""
        return "action_fail"

    def run(self, _dispatcher: Any, tracker: Any, _domain: Any) -> list[dict[str, Any]]:
        """Raise a ValueError with the citizen's text."""
        raise ValueError(tracker.latest_message["text"])


class ReturnsWord(Action):
    """Returns something that is no event."""

    def name(self) -> str:
        """As rasa-sdk registers it."""
        return "action_return"

    def run(self, _dispatcher: Any, tracker: Any, _domain: Any) -> list[Any]:
        """The citizen's text."""
        return [tracker.latest_message["text"], {"text": tracker.latest_message["text"]}]


@pytest.fixture(scope="module")
def server() -> Iterator[Sanic]:
    """The server of rasa-sdk with these two actions; Sanic can make one only in a process."""
    executor = ActionExecutor()
    executor.register_action(FailsByWord())
    executor.register_action(ReturnsWord())
    app = create_app(executor, cors_origins=[])
    moments = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": next(moments)}

    async def send(said: dict[str, str]) -> None:
        assert said["type"].endswith(".complete"), said

    asyncio.run(app({"type": "lifespan"}, receive, send))  # its routes are ready from now on
    yield app
    Sanic.unregister_app(app)


def call(action: str) -> dict[str, Any]:
    message = {"text": WORD, "intent": {"name": WORD}, "entities": []}
    tracker = {"sender_id": WORD, "slots": {WORD: WORD}, "latest_message": message, "events": [], "paused": False}
    return {
        "next_action": action,
        "version": rasa_sdk.__version__,
        "tracker": tracker | {"latest_action_name": None, "active_loop": {}},
        "domain": {},
    }


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/webhook", json.dumps(call("action_fail")), 500, "ValueError"),
        ("/webhook", json.dumps(call("action_return")), 200, "invalid event"),
        ("/webhook", json.dumps(call(WORD)), 404, "No registered action found"),
        ("/webhook", f'{{"text": "{WORD}', 400, ""),
        ("/webhook", json.dumps(call("action_fail") | {"tracker": WORD}), 500, "Exception occurred"),
        (f"/{WORD}?q={WORD}", "{}", 500, "NotFound"),
    ],
)
async def test_failed_call_is_logged_without_a_word(
    *,
    path: str,
    body: str,
    status: int,
    said: str,
    server: Sanic,
    logged: ReadLog,  # noqa: F811
) -> None:
    async with AsyncClient(transport=ASGITransport(app=server), base_url="http://actions") as client:
        response = await client.post(path, content=body)
    assert response.status_code == status
    assert said in logged()
    assert WORD not in logged()
