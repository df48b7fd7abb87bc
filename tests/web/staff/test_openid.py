"""Signing in at a real OpenID Connect provider, and at one that lies."""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from sqlalchemy import Engine, select

from bot.errors import SettingsError
from bot.staff.audit import AUDIT
from bot.staff.external import parse_role_map, roles_of
from bot.staff.people import deactivate, find_account_by_name
from bot.web.app import make_app
from bot.web.staff.openid import Pending, Provider, ProviderUnavailableError, RefusedError
from tests.web.conftest import ReadLog, StartWeb
from tests.web.staff import provider
from tests.web.staff.conftest import CHEAP, Browser, Hire

ORIGIN = "http://assistent.auenfurt.example"
RETURN = f"{ORIGIN}/staff/openid/return"
SECRET = "ein/geheimes+Wort:mit%Zeichen"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def issuer() -> AsyncIterator[str]:
    try:
        async with provider.running(RETURN) as running:
            yield running
    except provider.MissingProviderError as missing:
        pytest.skip(f"NOT TESTED: signing in at an OpenID Connect provider. {missing}")


@pytest.fixture
async def start(issuer: str, start_web: StartWeb) -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """A browser at a web process that knows the provider."""
    browsers = []

    async def begin(**settings: Any) -> Browser:
        values = {"oidc_issuer": issuer, "oidc_client_id": "stadtlotse", "oidc_client_secret": SECRET}
        roles = {"oidc_roles": "caseworker=buergerbuero,admin=it"}
        started = await start_web(staff_origin=ORIGIN, **{**CHEAP, **values, **roles, **settings})
        browsers.append(Browser(started.origin))
        return browsers[-1]

    yield begin
    for browser in browsers:
        await browser.session.close()


async def leave(browser: Browser, name: str, *, query: str = "") -> str:
    """Go to the provider and sign in there; returns the path with which it leads back."""
    response = await browser.get(f"/staff/openid{query}")
    assert response.status == 303
    back = await provider.sign_in(response.headers["Location"], name=name)
    assert back.startswith(RETURN)
    return back.removeprefix(ORIGIN)


async def test_new_caseworker_comes_in_with_the_roles_of_the_provider(start: Any, engine: Engine) -> None:
    browser = await start()
    assert "Mit dem Konto der Verwaltung anmelden" in await browser.page("/staff/login")
    response = await browser.get(await leave(browser, "sommer", query="?next=/staff/account"))
    assert (response.status, response.headers["Location"]) == (303, "/staff/account")
    page = await browser.page("/staff/account")
    assert "Anzeige sommer" in page
    assert "Sie melden sich mit dem Konto der Verwaltung an." in page
    with engine.connect() as connection:
        account = find_account_by_name(connection, "sommer")
        actions = connection.execute(select(AUDIT.c.action)).scalars().all()
    assert account is not None
    assert account.staff.roles == {"caseworker"}
    assert actions == ["added", "signed_in"]
    # The second time it is the same account.
    again = await start()
    assert (await again.get(await leave(again, "sommer"))).status == 303
    assert await again.is_in()


async def test_public_client_needs_no_secret(start: Any) -> None:
    browser = await start(oidc_client_id="public", oidc_client_secret="")
    assert (await browser.get(await leave(browser, "winter"))).status == 303
    assert "Administration" in await browser.page("/staff")


async def test_wrong_secret_lets_nobody_in(start: Any) -> None:
    browser = await start(oidc_client_secret="falsch")
    response = await browser.get(await leave(browser, "sommer"))
    assert response.status == 422
    assert "ist fehlgeschlagen" in await response.text()
    assert not await browser.is_in()


@pytest.mark.parametrize("name", ["herbst", "niemand"])
async def test_who_has_none_of_the_roles_is_not_let_in(start: Any, engine: Engine, name: str) -> None:
    browser = await start()
    response = await browser.get(await leave(browser, name))
    assert response.status == 422
    assert "nicht freigeschaltet" in await response.text()
    with engine.connect() as connection:
        assert find_account_by_name(connection, name) is None


async def test_closed_account_stays_closed(start: Any, engine: Engine, hire: Hire) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415

    staff_id = hire("sommer", password_hash=None)
    browser = await start()
    assert (await browser.get(await leave(browser, "sommer"))).status == 303
    with engine.begin() as connection:
        assert deactivate(connection, staff_id, at=datetime.now(UTC))
    assert not await browser.is_in()
    assert (await browser.get(await leave(browser, "sommer"))).status == 422


async def test_account_made_for_it_is_taken_and_one_with_a_password_is_not(
    start: Any, engine: Engine, hire: Hire
) -> None:
    hire("sommer", "lead", password_hash=None)
    hire("winter", "admin")
    browser = await start(oidc_roles="")
    assert (await browser.get(await leave(browser, "sommer"))).status == 303
    with engine.connect() as connection:
        account = find_account_by_name(connection, "sommer")
    assert account is not None
    assert account.staff.roles == {"lead"}
    other = await start(oidc_roles="")
    response = await other.get(await leave(other, "winter"))
    assert "Es gibt schon ein Konto mit Ihrem Namen" in await response.text()
    third = await start(oidc_roles="")
    assert "nicht freigeschaltet" in await (await third.get(await leave(third, "herbst"))).text()


async def test_changed_role_at_the_provider_changes_it_here(start: Any, engine: Engine) -> None:
    browser = await start()
    await browser.get(await leave(browser, "sommer"))
    other = await start(oidc_roles="lead=buergerbuero")
    await other.get(await leave(other, "sommer"))
    assert not await browser.is_in()  # other roles end older sessions
    with engine.connect() as connection:
        account = find_account_by_name(connection, "sommer")
    assert account is not None
    assert account.staff.roles == {"lead"}


async def test_code_works_once_and_in_its_own_browser_only(start: Any) -> None:
    browser, thief = await start(), await start()
    back = await leave(browser, "sommer")
    assert (await thief.get(back)).status == 422
    await thief.get("/staff/openid")
    assert (await thief.get(back)).status == 422  # a sign-in is under way there, but another
    assert (await browser.get(back)).status == 303
    assert (await browser.get(back)).status == 422


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_state_nonce_and_verifier_are_all_needed(start: Any, part: int) -> None:
    browser = await start()
    back = await leave(browser, "sommer")
    parts = browser.cookie("stadtlotse-openid").split(".")
    parts[part] = "A" * 43
    browser.put_cookie(".".join(parts), "stadtlotse-openid")
    assert (await browser.get(back)).status == 422
    assert not await browser.is_in()


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=x", "?error=access_denied", "?state=%C3%A4&code=%00"])
async def test_nonsense_at_the_return_address_is_refused(start: Any, query: str) -> None:
    browser = await start()
    assert (await browser.get(f"/staff/openid/return{query}")).status == 422
    await browser.get("/staff/openid")
    assert (await browser.get(f"/staff/openid/return{query}")).status == 422


async def test_provider_that_is_down_is_said(start_web: StartWeb, logged: ReadLog) -> None:
    web = await start_web(oidc_issuer="http://127.0.0.1:1", oidc_client_id="stadtlotse", **CHEAP)
    browser = Browser(web.origin)
    response = await browser.get("/staff/openid")
    assert response.status == 422
    assert "gerade nicht erreichbar" in await response.text()
    assert "openid_unavailable" in logged()
    await browser.session.close()


async def test_without_a_provider_there_is_no_such_page(start_web: StartWeb) -> None:
    web = await start_web(**CHEAP)
    for path in ("/staff/openid", "/staff/openid/return"):
        assert (await web.request("GET", path)).status in {404, 422}
    assert "openid" not in await (await web.request("GET", "/staff/login")).text()


# A provider that lies, to see each check of the ID token.

KEY = RSAKey.generate_key(2048, parameters={"kid": "good", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "good", "use": "sig", "alg": "RS256"})
PENDING = Pending(state="state", nonce="nonce", verifier="verifier")


@pytest.fixture
async def liar() -> AsyncIterator[tuple[Provider, dict[str, Any]]]:
    """Our side, and what the lying provider answers; a test changes that."""
    says: dict[str, Any] = {"keys": [KEY], "token": ""}

    async def describe(request: web.Request) -> web.Response:
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
        about = {name: f"{says['issuer']}/{path}" for name, path in names.items()}
        return web.json_response({"issuer": says.get("claimed", says["issuer"]), **about})

    async def keys(request: web.Request) -> web.Response:
        return web.json_response(KeySet(says["keys"]).as_dict(private=False))

    async def token(request: web.Request) -> web.Response:
        return web.json_response({"id_token": says["token"]})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", describe)
    app.router.add_get("/keys", keys)
    app.router.add_post("/token", token)
    server = TestServer(app)
    await server.start_server()
    says["issuer"] = str(server.make_url("")).rstrip("/")
    async with ClientSession() as session:
        yield Provider(session=session, issuer=says["issuer"], client_id="stadtlotse", client_secret=""), says
    await server.close()


def claims_of(says: dict[str, Any], **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {"iss": says["issuer"], "sub": "s", "aud": "stadtlotse", "exp": now + 60, "iat": now, "nonce": "nonce"}
    return {name: value for name, value in {**claims, **changed}.items() if value is not None}


def signed(claims: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": "good", **header}, claims, key, algorithms=[header.get("alg", "RS256")])


def packed(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


async def ask(ours: Provider, **query: str) -> dict[str, Any]:
    return await ours.claims({"state": "state", "code": "code", **query}, PENDING, return_to=RETURN)


async def test_sound_token_is_taken(liar: tuple[Provider, dict[str, Any]]) -> None:
    ours, says = liar
    says["token"] = signed(claims_of(says, aud=["stadtlotse", "other"], azp="stadtlotse"))
    assert (await ask(ours))["sub"] == "s"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": None},
        {"azp": "other"},
        {"exp": 1},
        {"exp": None},
        {"iat": int(time.time()) + 3_600},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
    ],
)
async def test_token_with_a_wrong_claim_is_refused(
    liar: tuple[Provider, dict[str, Any]], changed: dict[str, Any]
) -> None:
    ours, says = liar
    says["token"] = signed(claims_of(says, **changed))
    with pytest.raises(RefusedError):
        await ask(ours)


async def test_token_of_another_key_is_refused_and_keys_are_not_asked_for_again_and_again(
    liar: tuple[Provider, dict[str, Any]],
) -> None:
    ours, says = liar
    says["token"] = signed(claims_of(says), OTHER_KEY)
    with pytest.raises(RefusedError):
        await ask(ours)


async def test_token_without_a_signature_or_with_a_shared_secret_is_refused(
    liar: tuple[Provider, dict[str, Any]],
) -> None:
    ours, says = liar
    payload = signed(claims_of(says)).split(".")[1]
    says["token"] = packed(b'{"alg":"none"}') + f".{payload}."
    with pytest.raises(RefusedError):
        await ask(ours)
    # Signed with the public key as if it were a secret both know.
    content = packed(b'{"alg":"HS256","kid":"good"}') + f".{payload}"
    shared = hmac.new(KEY.as_pem(private=False), content.encode(), "sha256").digest()
    says["token"] = f"{content}.{packed(shared)}"
    with pytest.raises(RefusedError):
        await ask(ours)
    for nonsense in ("", "a.b.c", "ä", None, 7):
        says["token"] = nonsense
        with pytest.raises(RefusedError):
            await ask(ours)


async def test_new_key_of_the_provider_is_fetched(liar: tuple[Provider, dict[str, Any]]) -> None:
    ours, says = liar
    says["token"] = signed(claims_of(says))
    await ask(ours)
    new = ECKey.generate_key("P-256", parameters={"kid": "new", "use": "sig"})
    says["keys"], says["token"] = [new], signed(claims_of(says), new, alg="ES256", kid="new")
    with pytest.raises(RefusedError):
        await ask(ours)  # asked for a moment ago
    ours._keys_at -= 61
    assert (await ask(ours))["sub"] == "s"


async def test_answer_for_another_provider_or_state_is_refused(liar: tuple[Provider, dict[str, Any]]) -> None:
    ours, says = liar
    says["token"] = signed(claims_of(says))
    for query in ({"state": "other"}, {"state": ""}, {"iss": "https://evil.example"}):
        with pytest.raises(RefusedError):
            await ask(ours, **query)


async def test_provider_that_describes_another_is_not_used(liar: tuple[Provider, dict[str, Any]]) -> None:
    ours, says = liar
    says["claimed"] = "https://evil.example"
    with pytest.raises(ProviderUnavailableError):
        await ours.address(PENDING, return_to=RETURN)


@pytest.mark.parametrize("text", ["chef=it", "admin", "admin=", "admin=it,lead=it", "=it"])
def test_unusable_role_map_stops_the_start(text: str) -> None:
    from bot.settings import Settings  # noqa: PLC0415

    with pytest.raises(SettingsError, match="OIDC_ROLES"):
        make_app(Settings(oidc_roles=text))


@pytest.mark.parametrize(
    ("claims", "claim", "roles"),
    [
        ({"roles": ["a", "b", "x"]}, "roles", {"caseworker", "lead"}),
        ({"roles": "a"}, "roles", {"caseworker"}),
        ({"realm_access": {"roles": ["b"]}}, "realm_access.roles", {"lead"}),
        ({"https://town.example/roles": ["b"]}, "https://town.example/roles", {"lead"}),
        ({"roles": {"a": 1}}, "roles", set()),
        ({"roles": [["a"], 1, None]}, "roles", set()),
        ({}, "roles", set()),
        ({"a": 1}, "a.b", set()),
    ],
)
def test_roles_are_read_from_the_claim(claims: dict[str, Any], claim: str, roles: set[str]) -> None:
    assert roles_of(claims, claim=claim, role_map=parse_role_map("caseworker=a, lead=b")) == roles
