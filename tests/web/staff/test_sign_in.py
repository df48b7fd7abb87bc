import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Engine, select, text, update

from bot.staff.audit import AUDIT
from bot.staff.models import StaffSessionRow
from bot.staff.people import STAFF
from tests.web.conftest import ReadLog, StartWeb, Web
from tests.web.staff.conftest import CHEAP, PASSWORD, Browser, Hire, SignedIn, StartBrowser

Give = Callable[[int], pyotp.TOTP]


def recorded(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.number)).scalars())


async def test_right_name_and_password_lead_in(browser: Browser, hire: Hire, engine: Engine) -> None:
    hire("h.sommer", "caseworker")
    response = await browser.sign_in("  H.Sommer ")
    assert (response.status, response.headers["Location"]) == (303, "/staff")
    assert "Guten Tag, h.sommer" in await browser.page("/staff")
    assert recorded(engine) == ["signed_in"]


@pytest.mark.parametrize(("name", "password"), [("h.sommer", "falsch falsch"), ("niemand", PASSWORD), ("", "")])
async def test_wrong_name_and_wrong_password_look_the_same(
    browser: Browser, hire: Hire, name: str, password: str, engine: Engine
) -> None:
    hire("h.sommer")
    response = await browser.sign_in(name, password)
    assert response.status == 422
    other = await browser.sign_in("other", "x")
    without_input = re.compile(r'[0-9a-f]{64}| value="[^"]*"')
    assert without_input.sub("", await response.text()) == without_input.sub("", await other.text())
    assert not await browser.is_in()
    assert recorded(engine) == ["sign_in_failed"] * 2


async def test_closed_account_cannot_sign_in(browser: Browser, hire: Hire, engine: Engine) -> None:
    hire("h.sommer")
    with engine.begin() as connection:
        connection.execute(update(STAFF).values(deactivated_at=datetime.now(UTC)))
    assert (await browser.sign_in("h.sommer")).status == 422


async def test_account_without_a_password_cannot_sign_in(browser: Browser, hire: Hire) -> None:
    hire("h.sommer", password_hash=None)
    for password in ("", "None", PASSWORD):
        assert (await browser.sign_in("h.sommer", password)).status == 422


async def test_page_that_was_asked_for_comes_after_signing_in(browser: Browser, hire: Hire) -> None:
    hire("h.sommer", "admin")
    refused = await browser.get("/staff/people?x=1")
    assert refused.status == 303
    assert refused.headers["Location"] == "/staff/login?next=%2Fstaff%2Fpeople%3Fx%3D1"
    assert 'name="next" value="/staff/people?x=1"' in await browser.page(refused.headers["Location"])
    response = await browser.sign_in("h.sommer", next="/staff/people?x=1")
    assert response.headers["Location"] == "/staff/people?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/staff/../x\n",
        "javascript:alert(1)",
        "/api/v1",
        "x",
    ],
)
async def test_nobody_is_led_to_another_place(browser: Browser, hire: Hire, elsewhere: str) -> None:
    hire("h.sommer")
    assert (await browser.sign_in("h.sommer", next=elsewhere)).headers["Location"] == "/staff"


async def test_cookie_is_out_of_reach_for_scripts_and_changes_at_sign_in(browser: Browser, hire: Hire) -> None:
    hire("h.sommer")
    browser.put_cookie("A" * 43)
    response = await browser.sign_in("h.sommer")
    cookie = next(value for value in response.headers.getall("Set-Cookie") if "stadtlotse-session=" in value)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert browser.cookie() != "A" * 43
    first = browser.cookie()
    await browser.post("/staff/logout")
    await browser.sign_in("h.sommer")
    assert browser.cookie() not in {first, ""}


@pytest.mark.parametrize(
    ("settings", "headers", "is_secure"),
    [
        ({"staff_origin": "https://assistent.auenfurt.example"}, {}, True),
        ({"staff_origin": "http://assistent.auenfurt.example"}, {}, False),
        ({"trusted_proxy": True}, {}, True),
        ({"trusted_proxy": True}, {"X-Forwarded-Proto": "http"}, False),
        ({}, {"X-Forwarded-Proto": "https"}, False),
    ],
)
async def test_cookie_travels_by_tls_alone_where_there_is_tls(
    start_web: StartWeb, settings: dict[str, object], headers: dict[str, str], is_secure: bool
) -> None:
    web = await start_web(**CHEAP, **settings)
    cookie = (await web.request("GET", "/staff/login", headers=headers)).headers["Set-Cookie"]
    assert cookie.startswith("__Host-stadtlotse-visit=" if is_secure else "stadtlotse-visit=")
    assert ("Secure" in cookie) == is_secure
    assert "Domain" not in cookie


async def test_only_a_hash_of_the_token_is_stored(browser: Browser, hire: Hire, engine: Engine) -> None:
    hire("h.sommer")
    await browser.sign_in("h.sommer")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM staff_session")).one()
    assert browser.cookie() not in str(row)


@pytest.mark.parametrize(("column", "minutes"), [("seen_at", 30), ("created_at", 12 * 60)])
async def test_session_ends_when_idle_and_after_its_length(
    signed_in: SignedIn, engine: Engine, column: str, minutes: int
) -> None:
    browser = await signed_in()
    with engine.begin() as connection:
        past = datetime.now(UTC) - timedelta(minutes=minutes, seconds=-5)
        connection.execute(update(StaffSessionRow).values({column: past}))
    assert await browser.is_in()
    with engine.begin() as connection:
        past = datetime.now(UTC) - timedelta(minutes=minutes, seconds=1)
        connection.execute(update(StaffSessionRow).values({column: past}))
    assert not await browser.is_in()


async def test_session_in_use_stays(signed_in: SignedIn, engine: Engine) -> None:
    browser = await signed_in()
    for _ in range(3):
        with engine.begin() as connection:
            connection.execute(update(StaffSessionRow).values(seen_at=datetime.now(UTC) - timedelta(minutes=29)))
        assert await browser.is_in()


async def test_signing_out_ends_the_session_on_the_server(
    signed_in: SignedIn, open_browser: StartBrowser, engine: Engine
) -> None:
    browser, thief = await signed_in(), open_browser()
    thief.put_cookie(browser.cookie())
    assert await thief.is_in()
    response = await browser.post("/staff/logout")
    assert (response.status, response.headers["Location"]) == (303, "/staff/login?done=signed_out")
    assert not await thief.is_in()
    assert recorded(engine)[-1] == "signed_out"
    assert "Sie sind abgemeldet." in await browser.page("/staff/login?done=signed_out")


async def test_sixth_wrong_try_has_to_wait_also_with_the_right_password(browser: Browser, hire: Hire) -> None:
    hire("h.sommer")
    for _ in range(5):
        assert (await browser.sign_in("h.sommer", "falsch")).status == 422
    response = await browser.sign_in("h.sommer")
    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 2
    assert "zu viele Versuche" in await response.text()


async def test_many_tries_at_once_do_not_slip_through(browser: Browser, hire: Hire) -> None:
    import asyncio  # noqa: PLC0415

    hire("h.sommer")
    data = {"csrf": await browser.csrf(), "name": "h.sommer", "password": "falsch"}

    async def attempt() -> int:
        response = await browser.send("POST", "/staff/login", data=data)
        return response.status

    started = time.monotonic()
    statuses = await asyncio.gather(*(attempt() for _ in range(20)))
    elapsed = time.monotonic() - started  # whoever waited long enough may try again
    assert set(statuses) == {422, 429}
    assert 5 <= statuses.count(422) <= 5 + elapsed + 1


async def test_second_factor_is_asked_for(
    browser: Browser, hire: Hire, give_second_factor: Give, engine: Engine
) -> None:
    app = give_second_factor(hire("h.sommer"))
    response = await browser.sign_in("h.sommer", next="/staff/account")
    assert response.headers["Location"] == "/staff/second-factor?next=%2Fstaff%2Faccount"
    assert not await browser.is_in()
    half = browser.cookie()
    fields = {"code": app.now(), "next": "/staff/account"}
    response = await browser.post("/staff/second-factor", fields, at="/staff/second-factor")
    assert (response.status, response.headers["Location"]) == (303, "/staff/account")
    assert await browser.is_in()
    assert browser.cookie() != half
    assert recorded(engine) == ["signed_in"]


async def test_half_a_session_opens_nothing_else(browser: Browser, hire: Hire, give_second_factor: Give) -> None:
    give_second_factor(hire("h.sommer", "admin", "auditor"))
    await browser.sign_in("h.sommer")
    for path in ("/staff", "/staff/account", "/staff/people", "/staff/audit", "/staff/account/password"):
        assert (await browser.get(path)).headers["Location"].startswith("/staff/second-factor?")
    # Nor can it set up another second factor over the one there is.
    assert (await browser.get("/staff/second-factor/new")).headers["Location"] == "/staff/second-factor"
    fields = {"code": "123456"}
    assert (await browser.post("/staff/second-factor/new", fields, at="/staff/second-factor")).status == 403


async def test_wrong_code_is_refused_and_throttled(browser: Browser, hire: Hire, give_second_factor: Give) -> None:
    app = give_second_factor(hire("h.sommer"))
    await browser.sign_in("h.sommer")
    right = app.now()
    wrong = [code for code in ("000000", "", "abcdef", "１２３４５６", "1" * 900) if code != right]
    for code in wrong[:5]:
        assert (await browser.post("/staff/second-factor", {"code": code}, at="/staff/second-factor")).status == 422
    response = await browser.post("/staff/second-factor", {"code": right}, at="/staff/second-factor")
    assert response.status == 429


async def test_code_counts_once(
    browser: Browser, open_browser: StartBrowser, hire: Hire, give_second_factor: Give
) -> None:
    app = give_second_factor(hire("h.sommer"))
    code = app.now()
    await browser.sign_in("h.sommer")
    assert (await browser.post("/staff/second-factor", {"code": code}, at="/staff/second-factor")).status == 303
    other = open_browser()
    await other.sign_in("h.sommer")
    assert (await other.post("/staff/second-factor", {"code": code}, at="/staff/second-factor")).status == 422


async def test_required_second_factor_is_set_up_at_the_first_sign_in(start_web: StartWeb, hire: Hire) -> None:
    web = await start_web(**CHEAP)
    hire("h.sommer")
    browser = Browser(web.origin)
    response = await browser.sign_in("h.sommer")
    assert response.headers["Location"].startswith("/staff/second-factor/new")
    assert not await browser.is_in()
    page = await browser.page("/staff/second-factor/new")
    assert "<svg" in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret is not None
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    wrong = await browser.post("/staff/second-factor/new", {"code": "000000"}, at="/staff/second-factor/new")
    assert wrong.status == 422
    response = await browser.post("/staff/second-factor/new", {"code": app.now()}, at="/staff/second-factor/new")
    assert response.status == 200
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", await response.text())
    assert len(set(codes)) == 10
    assert await browser.is_in()
    # A recovery code stands in for the app, once.
    for status in (303, 422):
        again = Browser(web.origin)
        await again.sign_in("h.sommer")
        answer = await again.post("/staff/second-factor", {"code": codes[3].upper()}, at="/staff/second-factor")
        assert answer.status == status
        await again.session.close()
    await browser.session.close()


async def test_half_session_ends_after_ten_minutes(
    browser: Browser, hire: Hire, give_second_factor: Give, engine: Engine
) -> None:
    app = give_second_factor(hire("h.sommer"))
    await browser.sign_in("h.sommer")
    csrf = await browser.csrf("/staff/second-factor")
    with engine.begin() as connection:
        connection.execute(update(StaffSessionRow).values(created_at=datetime.now(UTC) - timedelta(minutes=11)))
    data = {"csrf": csrf, "code": app.now()}
    response = await browser.send("POST", "/staff/second-factor", data=data)
    assert response.headers["Location"].startswith("/staff/login")


async def test_password_hashed_with_other_costs_is_hashed_anew(browser: Browser, hire: Hire, engine: Engine) -> None:
    from bot.staff.passwords import Passwords  # noqa: PLC0415

    hire("h.sommer", password_hash=Passwords(memory=32, passes=1, lanes=1).hash(PASSWORD))
    await browser.sign_in("h.sommer")
    with engine.connect() as connection:
        assert "$m=64,t=1,p=1$" in connection.scalar(select(STAFF.c.password_hash))
    await browser.post("/staff/logout")
    assert (await browser.sign_in("h.sommer")).status == 303


async def test_others_are_answered_while_passwords_are_hashed(start_web: StartWeb) -> None:
    import asyncio  # noqa: PLC0415

    web = await start_web(argon2_memory=65_536, argon2_passes=12, argon2_lanes=1)
    browsers = [Browser(web.origin) for _ in range(4)]
    signing_in = [asyncio.create_task(browser.sign_in("niemand")) for browser in browsers]
    answered = 0
    while not all(task.done() for task in signing_in):
        assert (await web.request("GET", "/healthz")).status == 200
        answered += 1
    assert answered >= 20
    for browser in browsers:
        await browser.session.close()


async def test_no_name_password_or_token_is_logged(browser: Browser, hire: Hire, logged: ReadLog, web: Web) -> None:
    hire("h.sommer")
    await browser.sign_in("h.sommer", "ganz geheimes Wort")
    await browser.sign_in("h.sommer")
    await browser.get("/staff/welcome/geheimer-link")
    lines = logged()
    assert "/staff/login" in lines
    for secret in ("geheim", "h.sommer", browser.cookie(), "127.0.0.1"):
        assert secret not in lines
