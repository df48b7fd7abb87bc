import json
import logging

import structlog

from bot.logs import trace_of
from tests.web.conftest import Citizen, ReadLog


def fail() -> None:
    try:
        int("what the citizen wrote")
    except ValueError as error:
        raise RuntimeError("also secret") from error


async def test_error_is_logged_by_place_without_its_text(logged: ReadLog) -> None:
    try:
        fail()
    except RuntimeError as error:
        structlog.get_logger().error("failed", exc_info=error)
        logging.getLogger("somebody.else").exception("failed too")
    first, second = map(json.loads, logged().splitlines())
    for entry in (first, second):
        assert entry["error"] == "RuntimeError"
        assert any("test_logs.py" in place and place.endswith(" fail") for place in entry["trace"])
    assert "secret" not in logged()
    assert "citizen wrote" not in logged()


def test_trace_names_the_causes_too() -> None:
    try:
        fail()
    except RuntimeError as error:
        places = trace_of(error)
    assert [place for place in places if place.endswith(":")] == ["RuntimeError:", "ValueError:"]


async def test_request_is_logged_by_route_with_its_id(citizen: Citizen, logged: ReadLog) -> None:
    response = await citizen.post({"text": "Hallo"})
    [entry] = [line for line in map(json.loads, logged().splitlines()) if line["event"] == "request"]
    assert entry["route"] == "/api/v1/conversations/{conversation}/messages"
    assert (entry["method"], entry["status"]) == ("POST", 200)
    assert entry["request_id"] == response.headers["X-Request-Id"]
    assert citizen.id not in logged()
