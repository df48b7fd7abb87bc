"""Pages on which prepared replies are read and written."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.conversations.canned_replies import CannedReply, add_reply, find_reply, list_replies
from bot.staff.audit import read_entries
from tests.conversations.desk import Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague

PAGE = "/desk/replies"
GREETING = {"name": "Gruß", "text_de": "Guten Tag, hier ist {caseworker}.", "text_en": "Hello, {caseworker} here."}


@pytest.fixture
async def lead(add_colleague: AddColleague) -> Colleague:
    return await add_colleague("leitung", "lead")


@pytest.fixture
async def editor(add_colleague: AddColleague) -> Colleague:
    return await add_colleague("redaktion", "editor", teams=())


def prepare(desk: Desk, *, team: int | None, name: str = "Gruß", text: str = "Guten Tag") -> int:
    with desk.engine.begin() as connection:
        return add_reply(connection, team_id=team, name=name, texts={"de": text}, by=(1, datetime.now(UTC)))


def stored(engine: Engine, reply_id: int) -> CannedReply | None:
    with engine.connect() as connection:
        return find_reply(connection, reply_id)


def everything(engine: Engine) -> list[tuple[int | None, str, dict[str, str]]]:
    with engine.connect() as connection:
        return [(reply.team_id, reply.name, dict(reply.texts)) for reply in list_replies(connection, range(1, 20))]


async def send(person: Colleague, path: str, fields: dict[str, str]) -> tuple[int, str]:
    response = await person.browser.post(f"{PAGE}/{path}", fields, at="/staff")
    return response.status, await response.text()


async def version(person: Colleague, reply_id: int) -> str:
    """What the form of the reply carries."""
    found = re.search(r'name="version" value="([^"]+)"', await person.page(f"{PAGE}/{reply_id}"))
    assert found is not None
    return found[1]


async def test_reply_is_written_read_and_recorded(desk: Desk, lead: Colleague, anna: Colleague, engine: Engine) -> None:
    assert (await send(lead, "new", GREETING | {"team": str(desk.team)}))[0] == 303
    texts = {"de": GREETING["text_de"], "en": GREETING["text_en"]}
    assert everything(engine) == [(desk.team, "Gruß", texts)]
    page = await anna.page(PAGE)
    assert GREETING["text_de"] in page
    assert "Textbaustein ändern" not in page
    with engine.connect() as connection:
        [entry] = [entry for entry in read_entries(connection) if entry.object.startswith("canned_reply")]
    assert (entry.name, entry.action, entry.details) == ("leitung", "added", {"name": "Gruß", "team": desk.team})


async def test_reply_is_changed_and_deleted(desk: Desk, lead: Colleague, engine: Engine) -> None:
    reply = prepare(desk, team=desk.team)
    fields = GREETING | {"version": await version(lead, reply), "text_en": " "}
    assert (await send(lead, str(reply), fields))[0] == 303
    assert everything(engine) == [(desk.team, "Gruß", {"de": GREETING["text_de"]})]
    assert (await send(lead, f"{reply}/delete", {"version": await version(lead, reply)}))[0] == 303
    assert everything(engine) == []
    with engine.connect() as connection:
        deeds = [entry.action for entry in read_entries(connection) if entry.object == f"canned_reply {reply}"]
    assert deeds == ["changed", "removed"]


async def test_change_of_somebody_else_is_told_and_nothing_is_lost(
    desk: Desk, lead: Colleague, editor: Colleague, engine: Engine
) -> None:
    reply = prepare(desk, team=desk.team)
    mine, theirs = await version(lead, reply), await version(editor, reply)
    await send(editor, str(reply), {"name": "Gruß", "text_de": "Moin <b>", "version": theirs})
    status, page = await send(lead, str(reply), {"name": "Gruß", "text_de": "Servus", "version": mine})
    assert status == 409
    assert "Person redaktion hat diesen Textbaustein am" in page
    assert "Moin &lt;b&gt;" in page
    assert "Servus</textarea>" in page
    assert everything(engine)[0][2] == {"de": "Moin <b>"}
    assert (await send(lead, f"{reply}/delete", {"version": mine}))[0] == 409
    newer = re.search(r'name="version" value="([^"]+)"', page)
    assert newer is not None
    again = {"name": "Gruß", "text_de": "Servus", "version": newer[1].replace("&#43;", "+")}
    assert (await send(lead, str(reply), again))[0] == 303
    assert everything(engine)[0][2] == {"de": "Servus"}


async def test_text_for_a_reply_that_was_deleted_is_not_lost(desk: Desk, lead: Colleague, engine: Engine) -> None:
    reply = prepare(desk, team=desk.team)
    mine = await version(lead, reply)
    assert (await send(lead, f"{reply}/delete", {"version": mine}))[0] == 303
    fields = {"team": str(desk.team), "name": "Gruß", "text_de": "Servus", "version": mine}
    status, page = await send(lead, str(reply), fields)
    assert status == 409
    assert "Dieser Textbaustein wurde inzwischen gelöscht." in page
    assert "Servus</textarea>" in page
    assert 'action="/desk/replies/new"' in page
    assert (await send(lead, f"{reply}/delete", {"version": mine}))[0] == 303  # it is gone, as was wished
    assert everything(engine) == []


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"name": " "}, "name", "Bitte geben Sie einen Namen"),
        ({"name": "x" * 81}, "name", "Bitte geben Sie einen Namen"),
        ({"text_de": ""}, "text_de", "Bitte schreiben Sie einen Text auf Deutsch."),
        ({"text_en": "x" * 2_001}, "text_en", "Der Text ist länger als 2000 Zeichen."),
        ({"text_de": "Hier ist {password}"}, "text_de", "Den Platzhalter {password} gibt es nicht."),
        ({"text_en": "Hello {"}, "text_en", "Eine geschweifte Klammer hat kein Gegenstück."),
        ({"text_de": "{caseworker.__class__}"}, "text_de", "Den Platzhalter {caseworker.__class__} gibt es nicht."),
        ({"text_de": "{<script>}"}, "text_de", "Den Platzhalter {&lt;script&gt;} gibt es nicht."),
    ],
)
@pytest.mark.parametrize("do", ["save", "preview"])
async def test_mistake_is_said_at_its_field(
    lead: Colleague, desk: Desk, *, fields: dict[str, str], field: str, said: str, do: str
) -> None:
    status, page = await send(lead, "new", GREETING | {"team": str(desk.team), "do": do} | fields)
    assert status == 422
    marked = page.partition('aria-invalid="true"')
    assert f'id="{field}"' in marked[0].rpartition("<")[2]
    assert said in marked[2]
    assert everything(desk.engine) == []


async def test_preview_fills_in_and_stores_nothing(desk: Desk, lead: Colleague, engine: Engine) -> None:
    reply = prepare(desk, team=desk.team)
    text = "Hier ist {caseworker}, {team}. Es geht um {service}. {{so}} <i>"
    for path in ("new", str(reply)):
        status, page = await send(lead, path, GREETING | {"team": str(desk.team), "text_de": text, "do": "preview"})
        assert status == 200
        assert "Hier ist Person leitung, Bürgerservice. Es geht um [Name der Leistung" in page
        assert "{so} &lt;i&gt;</p>" in page
        assert "Hello, Person leitung here." in page
        assert f"{text.replace('<i>', '&lt;i&gt;')}</textarea>" in page
    assert everything(engine) == [(desk.team, "Gruß", {"de": "Guten Tag"})]


async def test_leads_write_those_of_their_teams_and_editors_all(
    desk: Desk, lead: Colleague, editor: Colleague, engine: Engine
) -> None:
    other = desk.add_team("bauamt")
    foreign, for_all = prepare(desk, team=other, name="Fremd"), prepare(desk, team=None, name="Alle")
    page = await lead.page(PAGE)
    assert "Alle" in page
    assert "Fremd" not in page
    assert await lead.status(f"{PAGE}/{foreign}") == 404
    assert await lead.status(f"{PAGE}/{for_all}") == 403
    for path in (f"{foreign}", f"{for_all}", f"{foreign}/delete", f"{for_all}/delete"):
        assert (await send(lead, path, GREETING))[0] in {403, 404}, path
    for team in ("", str(other)):
        assert (await send(lead, "new", GREETING | {"team": team}))[0] == 403
    assert [(team, name) for team, name, _ in everything(engine)] == [(None, "Alle"), (other, "Fremd")]
    page = await editor.page(PAGE)
    assert "Fremd" in page
    assert (await send(editor, str(foreign), GREETING | {"version": await version(editor, foreign)}))[0] == 303
    assert (await send(editor, "new", GREETING | {"team": "", "name": "Neu"}))[0] == 303
    assert (await send(editor, "new", GREETING | {"team": "999"}))[0] == 404
    assert [name for _, name, _ in everything(engine)] == ["Alle", "Gruß", "Neu"]


@pytest.mark.parametrize("role", ["caseworker", "admin", "auditor"])
async def test_others_do_not_write(desk: Desk, add_colleague: AddColleague, role: str) -> None:
    person, reply = await add_colleague("andere", role), prepare(desk, team=desk.team)
    assert await person.status(PAGE) == (200 if role == "caseworker" else 403)
    for path in ("new", str(reply)):
        assert await person.status(f"{PAGE}/{path}") == 403
    for path in ("new", str(reply), f"{reply}/delete"):
        assert (await send(person, path, GREETING | {"team": str(desk.team)}))[0] == 403
    assert [name for _, name, _ in everything(desk.engine)] == ["Gruß"]


@pytest.mark.parametrize("path", ["new", "1", "1/delete"])
async def test_forged_form_does_nothing(desk: Desk, lead: Colleague, path: str) -> None:
    prepare(desk, team=desk.team)
    data = GREETING | {"csrf": "0" * 64}
    assert (await lead.browser.send("POST", f"{PAGE}/{path}", data=data)).status == 403
    assert [name for _, name, _ in everything(desk.engine)] == ["Gruß"]


@pytest.mark.parametrize("given", ["gestern", "2026-11-22T12:00:00", "0" * 500])
async def test_made_up_version_is_refused(desk: Desk, lead: Colleague, given: str) -> None:
    reply = prepare(desk, team=desk.team)
    assert (await send(lead, str(reply), GREETING | {"version": given}))[0] == 422
