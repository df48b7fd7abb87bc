import asyncio
import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.web.errors import STATUS
from bot.web.openapi import visible_pattern
from bot.web.routes import ROUTES, ConversationRoute
from tests.catalogue.exporters.records import BARE, FULL
from tests.web.conftest import StartWeb, Web
from tests.web.test_services import put_services
from tests.web.worker import SERVICE_CARD, said

EXAMPLES = 15  # of each kind, to take a few seconds
CHOICES = [{"title": "Gebühren", "intent": "choose_service", "entities": {"service": "personalausweis"}}]


@pytest.fixture
async def document(web: Web) -> dict[str, Any]:
    response = await web.request("GET", "/api/v1/openapi.json")
    assert response.status == 200
    return await response.json()


def documented(path: str) -> str:
    """ "/widget/{file:.+}" → "/widget/{file}": OpenAPI has no patterns in paths."""
    return re.sub(r":[^}]+}", "}", path)


async def test_document_names_every_route(document: dict[str, Any]) -> None:
    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    served = {(route.method, documented(route.path)) for route in ROUTES}
    pages = {("GET", "/"), ("GET", "/widget/{file}"), ("GET", document["x-websocket"]["path"])}
    assert described == served - pages


async def test_document_asks_for_the_token_where_the_route_does(document: dict[str, Any]) -> None:
    for route in ROUTES:
        if documented(route.path) in document["paths"]:
            operation = document["paths"][documented(route.path)][route.method.lower()]
            is_guarded = isinstance(route, ConversationRoute)
            assert operation.get("security", []) == ([{"token": []}] if is_guarded else [])
            assert ("401" in operation["responses"]) == is_guarded


async def test_document_carries_the_limits_of_the_settings(start_web: StartWeb) -> None:
    web = await start_web(message_length=77)
    document = await (await web.request("GET", "/api/v1/openapi.json")).json()
    text = document["components"]["schemas"]["TextMessage"]["properties"]["text"]
    assert (text["minLength"], text["maxLength"]) == (1, 77)


async def test_every_refusal_has_the_one_shape_and_a_status(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for method, operation in path.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorBody"}
                    assert ("Retry-After" in response.get("headers", {})) == (status in {"409", "429", "503"})
    codes = document["components"]["schemas"]["ErrorDetail"]["properties"]["code"]["enum"]
    assert set(codes) == set(STATUS)


async def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place: Any = document
        for name in reference.split("/"):
            place = place[name]


@pytest.mark.parametrize(
    ("text", "visible"),
    [("a", True), ("\u200ba", True), ("🙂", True), (" ", False), ("\u200b\n", False), ("\u2800", False)],
)
def test_pattern_finds_what_can_be_seen(text: str, visible: bool) -> None:
    assert bool(re.search(visible_pattern(), text)) == visible


async def test_schemathesis_finds_nothing(database_url: str, start_web: StartWeb, tmp_path: Path) -> None:
    """All checks, with right and wrong data, against the running server."""
    put_services(database_url, replace(FULL, id="personalausweis"), BARE)
    plenty = 100_000
    web = await start_web(messages_per_minute=plenty, conversations_per_hour=plenty, request_lookups_per_hour=plenty)
    web.worker.answer = lambda _: said(
        "37 Euro.", custom={"outcome": "service", "card": SERVICE_CARD, "choices": CHOICES}
    )
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{web.origin}/api/v1/openapi.json"]
    options = ["--checks", "all", "--max-examples", str(EXAMPLES), "--generation-deterministic", "--no-color"]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.web.schemathesis_hooks",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "STADTLOTSE_ORIGIN": web.origin,
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        *options,
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert "15 selected / 15 total" in output.decode()
