import re

import pytest
from aiohttp import ClientPayloadError
from sqlalchemy import Engine, select

from bot.errors import DatabaseUnavailableError
from bot.staff import audit
from bot.staff.audit import AUDIT
from bot.staff.people import find_account_by_name
from bot.staff.teams import find_team_by_key
from bot.web.staff import audit_pages
from tests.web.conftest import ReadLog
from tests.web.staff.conftest import Browser, Hire, SignedIn

SCRIPT = '<script>alert("x")</script><b onclick=x>'


@pytest.fixture
async def admin(signed_in: SignedIn) -> Browser:
    return await signed_in("admin", name="chefin")


async def test_person_is_added_with_a_link(admin: Browser, engine: Engine) -> None:
    await admin.post("/staff/teams/new", {"key": "kita", "name_de": "Kita", "offices": "amt-1\n\n amt-2 \n"})
    fields = [("name", "H.Sommer"), ("display_name", "Frau Sommer"), ("role", "caseworker"), ("role", "lead")]
    response = await admin.post("/staff/people/new", [*fields, ("language", "en"), ("team", "1")])
    assert response.status == 200
    assert "/staff/welcome/" in await response.text()
    with engine.connect() as connection:
        account = find_account_by_name(connection, "h.sommer")
        team = find_team_by_key(connection, "kita")
    assert account is not None
    assert team is not None
    assert (account.staff.display_name, account.staff.languages) == ("Frau Sommer", ("en",))
    assert account.staff.roles == {"caseworker", "lead"}
    assert account.staff.teams == {team.id}
    assert team.offices == {"amt-1", "amt-2"}
    page = await admin.page("/staff/people")
    assert "Frau Sommer" in page
    assert "Sachbearbeitung, Teamleitung" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "a b", "role": "admin"}, "Dieser Anmeldename geht nicht."),
        ({"name": "Chefin", "role": "admin"}, "Diesen Anmeldenamen gibt es schon."),
        ({"name": "neu"}, "Wählen Sie mindestens eine Aufgabe aus."),
        ({"name": "neu", "role": "admin", "display_name": "x" * 81}, "Dieser Anzeigename geht nicht."),
        ({"name": "neu", "role": "boss"}, "Eine der Angaben geht nicht."),
        ({"name": "neu", "role": "admin", "team": "7"}, "Das gibt es nicht"),
        ({"name": "neu", "role": "admin", "team": "' OR 1=1"}, "Eine der Angaben geht nicht."),
        ({"name": "neu\0", "role": "admin"}, "Eine der Angaben geht nicht."),
        ({"name": "n" * 2_000, "role": "admin"}, "Eine der Angaben geht nicht."),
    ],
)
async def test_what_cannot_be_added_is_refused_with_the_reason(
    admin: Browser, engine: Engine, fields: dict[str, str], said: str
) -> None:
    response = await admin.post("/staff/people/new", fields)
    assert response.status in {404, 422}
    assert said in await response.text()
    with engine.connect() as connection:
        assert find_account_by_name(connection, "neu") is None


async def test_other_roles_end_sessions_and_other_names_do_not(
    admin: Browser, signed_in: SignedIn, engine: Engine
) -> None:
    caseworker = await signed_in("caseworker")
    await admin.post("/staff/people/2", {"display_name": "Frau Sommer", "role": "caseworker", "language": "de"})
    assert "Frau Sommer" in await caseworker.page("/staff")
    await admin.post("/staff/people/2", {"display_name": "Frau Sommer", "role": "lead"})
    assert not await caseworker.is_in()
    with engine.connect() as connection:
        details = connection.execute(select(AUDIT.c.details).where(AUDIT.c.action == "changed")).scalars().all()
    assert details[0] == {"display_name": ["h.sommer", "Frau Sommer"], "languages": [[], ["de"]]}
    assert details[1] == {"languages": [["de"], []], "roles": [["caseworker"], ["lead"]]}


async def test_closing_an_account_ends_its_sessions(admin: Browser, signed_in: SignedIn) -> None:
    caseworker = await signed_in("caseworker")
    assert (await admin.post("/staff/people/2/deactivate")).status == 303
    assert not await caseworker.is_in()
    assert (await caseworker.sign_in("h.sommer")).status == 422
    assert "gesperrt" in await admin.page("/staff/people/2")
    assert (await admin.post("/staff/people/2/activate")).status == 303
    assert (await caseworker.sign_in("h.sommer")).status == 303
    assert (await admin.post("/staff/people/2/sessions")).status == 303
    assert not await caseworker.is_in()


async def test_the_only_admin_cannot_close_or_demote_themselves(admin: Browser) -> None:
    for path, fields in (
        ("/staff/people/1/deactivate", {}),
        ("/staff/people/1", {"role": "lead", "display_name": "x"}),
    ):
        response = await admin.post(path, fields)
        assert response.status == 422
        assert "Das ist die einzige Person mit der Aufgabe Administration." in await response.text()
    assert await admin.is_in()


async def test_second_factor_of_somebody_is_reset(
    admin: Browser, hire: Hire, give_second_factor: object, browser: Browser
) -> None:
    staff_id = hire("h.sommer")
    give_second_factor(staff_id)  # type: ignore[operator]
    assert (await browser.sign_in("h.sommer")).headers["Location"].startswith("/staff/second-factor")
    assert (await admin.post(f"/staff/people/{staff_id}/second-factor")).status == 303
    assert (await browser.sign_in("h.sommer")).headers["Location"] == "/staff"


@pytest.mark.parametrize("path", ["7", "0", "-1", "x", "1%20", "99999999999999999999", "%00", "٣"])
async def test_forged_ids_are_not_found(admin: Browser, path: str) -> None:
    for kind in ("people", "teams"):
        assert (await admin.get(f"/staff/{kind}/{path}")).status == 404
        fields = {"display_name": "x", "role": "lead", "name_de": "x"}
        assert (await admin.post(f"/staff/{kind}/{path}", fields)).status == 404
    assert (await admin.post(f"/staff/people/{path}/deactivate")).status == 404
    assert (await admin.post("/staff/people/1/promote")).status == 404


async def test_names_cannot_break_out_of_pages(admin: Browser) -> None:
    fields = {"name": "neu", "display_name": SCRIPT, "role": "caseworker"}
    await admin.post("/staff/people/new", fields)
    await admin.post("/staff/teams/new", {"key": "x", "name_de": SCRIPT, "offices": SCRIPT})
    for path in ("/staff/people", "/staff/people/2", "/staff/teams", "/staff/teams/1", "/staff/people/new"):
        raw = await (await admin.get(path)).text()
        assert "<script>alert" not in raw
        assert "<b onclick" not in raw
        assert path.endswith("/new") or "&lt;script&gt;" in raw or "&lt;b onclick" in raw


async def test_team_is_changed_and_there_is_one_fallback(admin: Browser, engine: Engine) -> None:
    await admin.post("/staff/teams/new", {"key": "eins", "name_de": "Eins", "fallback": "yes"})
    await admin.post("/staff/teams/new", {"key": "zwei", "name_de": "Zwei", "name_en": "Two", "fallback": "yes"})
    with engine.connect() as connection:
        one, two = find_team_by_key(connection, "eins"), find_team_by_key(connection, "zwei")
    assert one is not None
    assert two is not None
    assert (one.fallback, two.fallback) == (False, True)
    assert (two.name("en"), one.name("en")) == ("Two", "Eins")
    response = await admin.post(f"/staff/teams/{one.id}", {"name_de": "", "name_en": " "})
    assert response.status == 422
    assert "Geben Sie dem Team einen Namen." in await response.text()
    twice = await admin.post("/staff/teams/new", {"key": "eins", "name_de": "x"})
    assert "Diesen Kurznamen gibt es schon." in await twice.text()
    bad = await admin.post("/staff/teams/new", {"key": "Ä ", "name_de": "x"})
    assert "Dieser Kurzname geht nicht." in await bad.text()


async def test_form_that_is_no_form_is_refused(admin: Browser) -> None:
    headers = {"X-CSRF-Token": await admin.csrf("/staff")}
    for content_type, body in (
        ("application/x-www-form-urlencoded", b"name=%FF%FE&role=admin"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"nothing"),
        ("application/x-www-form-urlencoded; charset=klingon", b"name=x"),
        ("application/json", b"{}"),
        ("text/plain", b"x"),
    ):
        response = await admin.send(
            "POST", "/staff/people/new", data=body, headers={**headers, "Content-Type": content_type}
        )
        assert response.status in {400, 422}, content_type
    large = await admin.send("POST", "/staff/people/new", data={"name": "x" * 20_000}, headers=headers)
    assert large.status == 413


async def test_audit_log_is_shown_filtered_and_exported(signed_in: SignedIn, engine: Engine) -> None:
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    from bot.staff.audit import SYSTEM, record  # noqa: PLC0415

    auditor = await signed_in("auditor")
    with engine.begin() as connection:
        for number in range(600):
            record(connection, SYSTEM, "read", f"conversation {number}", {"note": SCRIPT})
    page = await auditor.page("/staff/audit")
    assert "Gespräch 599" in page
    assert "Gespräch 500" not in page
    assert "<script>alert" not in await (await auditor.get("/staff/audit")).text()
    older = re.search(r'href="(/staff/audit\?[^"]*below=\d+)"', page)
    assert older is not None
    assert "Gespräch 540" in await auditor.page(older[1])
    assert "keine Einträge" in await auditor.page("/staff/audit?until=2020-01-01")
    for nonsense in ("since=gestern", "since=0001-01-01", "until=9999-12-31", "below=x", "since=2026-02-30"):
        assert (await auditor.get(f"/staff/audit?{nonsense}")).status == 422
    response = await auditor.get("/staff/audit/export.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(await response.text())))
    assert [int(row["number"]) for row in rows] == list(range(1, 603))
    assert rows[-1]["action"] == "exported"
    exported = await (await auditor.get("/staff/audit/export.json?since=2020-01-01")).json()
    assert len(exported) == 603
    assert await (await auditor.get("/staff/audit/export.json?until=2020-01-01")).json() == []


async def test_audit_log_that_breaks_off_is_no_whole_file(
    signed_in: SignedIn, logged: ReadLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes in the middle of the file: the browser learns it, nothing is put behind what has left."""
    auditor = await signed_in("auditor")
    monkeypatch.setattr(audit_pages, "PIECE", 1)
    read, pieces = audit.oldest_entries, []

    def fails_at_second(*args: object, **options: object) -> object:
        pieces.append(args)
        if len(pieces) == 2:
            raise DatabaseUnavailableError("gone")
        return read(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(audit, "oldest_entries", fails_at_second)
    with pytest.raises(ClientPayloadError):
        await auditor.get("/staff/audit/export.csv")
    assert "database_unavailable" in logged()
    assert "internal_error" not in logged()
