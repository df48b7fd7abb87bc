import asyncio

import pytest

from tests.web.conftest import CONVERSATIONS, ReadLog, StartWeb, Web


@pytest.mark.parametrize(
    "path", ["/nothing", "/api", "/api/v1", "/api/v2/conversations", "/widget/", CONVERSATIONS + "/"]
)
async def test_unknown_address_is_not_found_in_the_one_shape(web: Web, path: str) -> None:
    response = await web.request("GET", path)
    assert response.status == 404
    assert response.content_type == "application/json"
    body = await response.json()
    assert set(body) == {"error"}
    assert body["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", CONVERSATIONS, "POST"),
        ("PUT", CONVERSATIONS, "POST"),
        ("PATCH", f"{CONVERSATIONS}/{'A' * 22}/messages", "GET, HEAD, POST"),
        ("GET", f"{CONVERSATIONS}/{'A' * 22}", "DELETE"),
        ("POST", f"{CONVERSATIONS}/{'A' * 22}/socket", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("TRACE", "/readyz", "GET, HEAD"),
        ("OPTIONS", CONVERSATIONS, "POST"),
    ],
)
async def test_wrong_method_is_refused_in_the_one_shape(web: Web, method: str, path: str, allowed: str) -> None:
    response = await web.request(method, path)
    assert response.status == 405
    assert response.headers["Allow"] == allowed
    assert (await response.json())["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("body", "field"), [({"language": "fr"}, "language"), ({"language": 1}, "language"), ({"a": 1}, "a")]
)
async def test_conversation_that_cannot_begin_names_the_field(web: Web, body: dict[str, object], field: str) -> None:
    response = await web.request("POST", CONVERSATIONS, json=body)
    assert response.status == 422
    assert (await response.json())["error"]["field"] == field


async def test_conversation_begins_without_a_body(web: Web) -> None:
    response = await web.request("POST", CONVERSATIONS)
    assert response.status == 201
    assert set(await response.json()) == {"id", "token"}


async def test_too_many_new_conversations_from_one_address_are_refused(start_web: StartWeb) -> None:
    web = await start_web(conversations_per_hour=2)
    await web.begin()
    await web.begin()
    response = await web.request("POST", CONVERSATIONS)
    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 1800
    assert (await response.json())["error"]["code"] == "too_many_requests"


@pytest.mark.parametrize(("trusted", "second"), [(True, 201), (False, 429)])
async def test_address_is_taken_from_a_trusted_proxy_only(start_web: StartWeb, trusted: bool, second: int) -> None:
    web = await start_web(conversations_per_hour=1, trusted_proxy=trusted)
    for address, status in (("198.51.100.7", 201), ("198.51.100.8", second)):
        headers = {"X-Forwarded-For": f"203.0.113.1, {address}"}
        assert (await web.request("POST", CONVERSATIONS, headers=headers)).status == status


async def test_what_a_citizen_writes_into_the_forwarded_header_does_not_count(start_web: StartWeb) -> None:
    web = await start_web(conversations_per_hour=1, trusted_proxy=True)
    for made_up, status in (("192.0.2.1", 201), ("192.0.2.2", 429)):
        headers = {"X-Forwarded-For": f"{made_up}, 198.51.100.7"}
        assert (await web.request("POST", CONVERSATIONS, headers=headers)).status == status


async def test_error_inside_says_nothing_and_is_logged(
    web: Web, monkeypatch: pytest.MonkeyPatch, logged: ReadLog
) -> None:
    def fail() -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("bot.web.chat.conversations.make_id", fail)
    response = await web.request("POST", CONVERSATIONS)
    assert response.status == 500
    assert await response.json() == {"error": {"code": "internal", "message": "something went wrong here"}}
    lines = logged()
    assert "begin_conversation" in lines
    assert response.headers["X-Request-Id"] in lines
    assert "secret detail" not in lines


async def test_request_that_is_no_http_leaves_no_address_in_the_log(web: Web, logged: ReadLog) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.server.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nsecret header\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
    lines = logged()
    assert "Error handling request" in lines
    assert "127.0.0.1" not in lines
    assert "secret header" not in lines
