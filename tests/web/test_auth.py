import re

import pytest
from sqlalchemy import text

from bot.database import open_engine
from bot.web.routes import ROUTES
from bot.web.staff.routes import STAFF_ROUTES
from tests.web.conftest import CONVERSATIONS, Citizen, ReadLog, Web

UNKNOWN_ID = "A" * 22
GUARDED = [("POST", "/messages"), ("GET", "/messages"), ("DELETE", "")]


@pytest.mark.parametrize(("method", "suffix"), GUARDED)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token abc"])
async def test_missing_token_is_refused(
    web: Web, citizen: Citizen, method: str, suffix: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = await web.session.request(method, citizen.path + suffix, json={"text": "a"}, headers=headers)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (await response.json())["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(("method", "suffix"), GUARDED)
@pytest.mark.parametrize("token", ["wrong", "A" * 43, "A" * 44, "ä" * 43])
async def test_wrong_token_is_refused(web: Web, citizen: Citizen, method: str, suffix: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    response = await web.session.request(method, citizen.path + suffix, json={"text": "a"}, headers=headers)
    assert (response.status, (await response.json())["error"]["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(("method", "suffix"), GUARDED)
async def test_token_of_another_conversation_is_refused(web: Web, citizen: Citizen, method: str, suffix: str) -> None:
    other = await web.begin()
    response = await web.session.request(method, citizen.path + suffix, json={"text": "a"}, headers=other.headers)
    assert (response.status, (await response.json())["error"]["code"]) == (401, "unauthorized")
    assert await citizen.history() == []


@pytest.mark.parametrize(("method", "suffix"), GUARDED)
@pytest.mark.parametrize("unknown", [UNKNOWN_ID, "short", "A" * 23, "ä" * 22, "A%00" + "A" * 20, "' OR 1=1 --"])
async def test_unknown_conversation_is_not_found(
    web: Web, citizen: Citizen, method: str, suffix: str, unknown: str
) -> None:
    path = f"{CONVERSATIONS}/{unknown}{suffix}"
    response = await web.request(method, path, json={"text": "a"}, headers=citizen.headers)
    assert (response.status, (await response.json())["error"]["code"]) == (404, "not_found")


async def test_token_is_long_and_only_its_hash_is_stored(web: Web, citizen: Citizen) -> None:
    assert len(citizen.token) == 43  # 256 bits in base64
    engine = open_engine(web.settings.database_url)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM conversation")).one()
    engine.dispose()
    assert citizen.token not in str(row)


async def test_tokens_and_ids_differ(web: Web) -> None:
    citizens = [await web.begin() for _ in range(5)]
    assert len({citizen.id for citizen in citizens} | {citizen.token for citizen in citizens}) == 10


async def test_every_route_declares_its_access(web: Web) -> None:
    declared = {(route.method, re.sub(r":[^}]+}", "}", route.path)) for route in (*ROUTES, *STAFF_ROUTES)}
    assert web.server.app is not None
    served = {
        (route.method, route.resource.canonical)
        for route in web.server.app.router.routes()
        if route.resource is not None
    }
    # HEAD comes with GET.
    assert {(method, path) for method, path in served if method != "HEAD"} == declared


async def test_no_text_token_or_address_is_logged(web: Web, citizen: Citizen, logged: ReadLog) -> None:
    web.worker.answer = lambda _: {"nonsense": True}
    await citizen.say("Mein Geheimnis ist grün")
    await citizen.post({"text": "Geheimnis " * 500})
    lines = logged()
    assert "turn_failed" in lines
    for secret in ("Geheimnis", citizen.token, "127.0.0.1"):
        assert secret not in lines
