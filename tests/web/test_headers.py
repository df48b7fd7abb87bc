import re

import pytest

from tests.web.conftest import CONVERSATIONS, StartWeb, Web

TOWN = "https://www.auenfurt.example"


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/widget/stadtlotse.js", "/api/v1/openapi.json"])
async def test_every_answer_carries_the_security_headers(web: Web, path: str) -> None:
    headers = (await web.request("GET", path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
    assert headers["Server"] == "stadtlotse"


async def test_page_may_only_load_what_is_its_own(web: Web) -> None:
    policy = (await web.request("GET", "/")).headers["Content-Security-Policy"]
    directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' ws://127.0.0.1:{web.server.port} wss://127.0.0.1:{web.server.port}",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


async def test_made_up_host_does_not_get_into_the_policy(web: Web) -> None:
    response = await web.request("GET", "/", headers={"Host": "evil.example; script-src *"})
    assert response.status in {200, 400}
    assert "script-src *" not in response.headers.get("Content-Security-Policy", "")


async def test_answers_of_the_api_are_not_stored_by_anybody(web: Web) -> None:
    response = await web.request("POST", CONVERSATIONS)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_embedding_website_may_read_answers(start_web: StartWeb) -> None:
    web = await start_web(public_origin=f"{TOWN}/ https://intranet.auenfurt.example")
    response = await web.request("POST", CONVERSATIONS, headers={"Origin": TOWN})
    assert response.status == 201
    assert response.headers["Access-Control-Allow-Origin"] == TOWN
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]
    assert "Origin" in response.headers["Vary"]
    refused = await web.request("GET", CONVERSATIONS, headers={"Origin": TOWN})
    assert refused.status == 405
    assert refused.headers["Access-Control-Allow-Origin"] == TOWN


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://www.auenfurt.example.evil.example"])
async def test_other_website_may_not_read_answers(start_web: StartWeb, origin: str) -> None:
    web = await start_web(public_origin=TOWN)
    response = await web.request("POST", CONVERSATIONS, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_browser_is_told_in_advance_what_is_allowed(start_web: StartWeb) -> None:
    web = await start_web(public_origin=TOWN)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    response = await web.request("OPTIONS", CONVERSATIONS, headers={"Origin": TOWN, **asked})
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == TOWN
    assert {"GET", "POST", "PUT", "DELETE"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "Idempotency-Key" in response.headers["Access-Control-Allow-Headers"]
    refused = await web.request("OPTIONS", CONVERSATIONS, headers={"Origin": "https://evil.example", **asked})
    assert refused.status == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
