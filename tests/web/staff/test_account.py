import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Engine, select, update

from bot.staff.audit import AUDIT
from bot.staff.links import LINK
from bot.staff.people import STAFF
from tests.web.staff.conftest import PASSWORD, Browser, Hire, SignedIn, StartBrowser

NEW = "sieben blaue Zitronenfalter"


async def change(browser: Browser, *, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> tuple[int, str]:
    fields = {"old": old, "new": new, "again": new if again is None else again}
    response = await browser.post("/staff/account/password", fields, at="/staff/account/password")
    return response.status, await response.text()


async def test_password_is_changed_and_other_devices_are_signed_out(
    signed_in: SignedIn, open_browser: StartBrowser, engine: Engine
) -> None:
    browser, other = await signed_in(), open_browser()
    await other.sign_in("h.sommer")
    status, _ = await change(browser)
    assert status == 303
    assert await browser.is_in()
    assert not await other.is_in()
    assert (await other.sign_in("h.sommer", PASSWORD)).status == 422
    assert (await other.sign_in("h.sommer", NEW)).status == 303
    with engine.connect() as connection:
        assert "changed_password" in connection.execute(select(AUDIT.c.action)).scalars().all()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "falsch"}, "Das jetzige Passwort stimmt nicht."),
        ({"again": "anders"}, "Die beiden neuen Passwörter sind verschieden."),
        ({"new": "kurz"}, "Das Passwort ist zu kurz."),
        ({"new": "ab " * 80}, "Das Passwort ist zu lang."),
        ({"new": "Frau H.Sommer im Rathaus"}, "Das Passwort enthält Ihren Namen"),
        ({"new": "mein stadtlotse ist gut"}, "Das Passwort enthält Ihren Namen"),
        ({"new": "passwort1234"}, "leicht zu erraten"),
        ({"new": "aaaaaaaaaaaaaaaa"}, "leicht zu erraten"),
    ],
)
async def test_password_that_cannot_be_used_is_refused_with_the_reason(
    signed_in: SignedIn, fields: dict[str, str], said: str
) -> None:
    browser = await signed_in()
    status, page = await change(browser, **fields)
    assert (status, said in page) == (422, True)
    assert not any(value in page for value in fields.values() if len(value) > 5)
    await browser.post("/staff/logout")
    assert (await browser.sign_in("h.sommer")).status == 303


async def test_guessing_the_old_password_is_throttled(signed_in: SignedIn) -> None:
    browser = await signed_in()
    for _ in range(5):
        assert (await change(browser, old="falsch"))[0] == 422
    assert "zu viele Versuche" in (await change(browser))[1]


async def test_sessions_are_listed_and_ended_one_by_one(signed_in: SignedIn, open_browser: StartBrowser) -> None:
    browser, other = await signed_in(), open_browser()
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
    other.session.headers["User-Agent"] = firefox
    await other.sign_in("h.sommer")
    page = await browser.page("/staff/account")
    assert "Firefox, Windows" in page
    assert "Unbekannter Browser (dieser)" in page
    found = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert len(found) == 2
    foreign = next(found_hash for found_hash in found if page.index(found_hash) > page.index("Firefox"))
    response = await browser.post("/staff/account/sessions", {"session": foreign})
    assert response.status == 303
    assert await browser.is_in() != await other.is_in()


async def test_nobody_ends_the_session_of_another(signed_in: SignedIn) -> None:
    browser, other = await signed_in(), await signed_in(name="anderer")
    page = await other.page("/staff/account")
    foreign = re.search(r'name="session" value="([0-9a-f]{64})"', page)
    assert foreign is not None
    assert (await browser.post("/staff/account/sessions", {"session": foreign[1]})).status == 404
    assert await other.is_in()


async def test_signing_out_everywhere_ends_all_sessions(signed_in: SignedIn, open_browser: StartBrowser) -> None:
    browser, other = await signed_in(), open_browser()
    await other.sign_in("h.sommer")
    response = await browser.post("/staff/account/sessions")
    assert response.headers["Location"] == "/staff/login?done=signed_out_everywhere"
    assert not await browser.is_in()
    assert not await other.is_in()


async def test_second_factor_is_changed_with_the_password_only(signed_in: SignedIn, engine: Engine) -> None:
    browser = await signed_in()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', await browser.page("/staff/second-factor/new"))
    assert secret is not None
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    path = "/staff/second-factor/new"
    refused = await browser.post(path, {"code": app.now(), "password": "falsch"}, at=path)
    assert refused.status == 422
    with engine.connect() as connection:
        assert connection.scalar(select(STAFF.c.second_factor)) is None
    assert (await browser.post(path, {"code": app.now(), "password": PASSWORD}, at=path)).status == 200
    assert "Wiederherstellungscodes, die noch gelten: 10" in await browser.page("/staff/account")
    await browser.post("/staff/logout")
    assert (await browser.sign_in("h.sommer")).headers["Location"].startswith("/staff/second-factor")


async def make_link(admin: Browser, staff_id: int) -> str:
    page = await (await admin.post(f"/staff/people/{staff_id}/link")).text()
    found = re.search(r"http://127\.0\.0\.1:\d+(/staff/welcome/[\w-]{43})<", page)
    assert found is not None
    return found[1]


async def test_link_sets_a_password_once(signed_in: SignedIn, browser: Browser, hire: Hire) -> None:
    admin = await signed_in("admin", name="chefin")
    link = await make_link(admin, hire("h.sommer", password_hash=None))
    assert "h.sommer" in await browser.page(link)
    weak = await browser.post(link, {"new": "kurz", "again": "kurz"}, at=link)
    assert weak.status == 422
    csrf = await browser.csrf(link)
    response = await browser.post(link, {"new": NEW, "again": NEW}, at=link)
    assert response.headers["Location"] == "/staff/login?done=changed_password"
    assert (await browser.get(link)).status == 404
    data = {"csrf": csrf, "new": NEW, "again": NEW}
    assert (await browser.send("POST", link, data=data)).status == 404
    assert (await browser.sign_in("h.sommer", NEW)).status == 303


async def test_link_that_is_old_or_made_up_is_not_found(
    signed_in: SignedIn, browser: Browser, hire: Hire, engine: Engine
) -> None:
    admin = await signed_in("admin", name="chefin")
    link = await make_link(admin, hire("h.sommer"))
    newer = await make_link(admin, 2)
    assert (await browser.get(link)).status == 404  # the newer one counts
    with engine.begin() as connection:
        connection.execute(update(LINK).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await browser.get(newer)).status == 404
    for token in ("x", "A" * 43, "%00", "ä"):
        assert (await browser.get(f"/staff/welcome/{token}")).status == 404


async def test_page_is_german_until_english_is_chosen(browser: Browser) -> None:
    assert '<html lang="de">' in await browser.page("/staff/login")
    response = await browser.post(
        "/staff/language", {"language": "en", "next": "/staff/login?next=/staff/account"}, at="/staff/login"
    )
    assert response.headers["Location"] == "/staff/login?next=/staff/account"
    page = await browser.page("/staff/login")
    assert '<html lang="en">' in page
    assert "For staff of the administration only." in page
    away = await browser.post("/staff/language", {"language": "de", "next": "//evil.example"}, at="/staff/login")
    assert away.headers["Location"] == "/staff"


async def test_sentence_of_a_link_is_one_of_ours(browser: Browser) -> None:
    page = await browser.page("/staff/login?done=<b>Rufen+Sie+an")
    assert 'role="status"' not in page
    assert "<b>" not in page
