"""The history at the desk: who sees which ended conversations, by what they are found, and what is refused."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from bot.conversations.handoffs import leave_handoff
from bot.conversations.history import PAGE as PAGE_LENGTH
from bot.staff.audit import Entry, read_entries
from tests.catalogue.records import service
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague, Stored
from tests.web.desk_pages.past import end
from tests.web.test_services import put_services

HISTORY = "/desk/history"
ROW = re.compile(r'id="open-(\d+)"')
METACHARACTERS = (
    '"',
    "' OR 1=1 --",
    "*",
    "a*",
    "NEAR(",
    "NEAR",
    ":",
    "words:x",
    "&",
    "!",
    "\\",
    "%",
    "_",
    "(((",
    "-a",
    "|",
)


async def look(person: Colleague, path: str = HISTORY, *, status: int = 200, **query: object) -> str:
    response = await person.browser.get(f"{path}?{urlencode(query)}" if query else path)
    assert response.status == status, await response.text()
    return unescape(await response.text())


async def listed(person: Colleague, **query: object) -> list[int]:
    return [int(number) for number in ROW.findall(await look(person, **query))]


def searches(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return [entry for entry in read_entries(connection) if entry.object == "history"]


async def test_ended_conversations_are_listed_the_newest_first(desk: Desk, anna: Colleague, database_url: str) -> None:
    put_services(database_url, service("reisepass", "Reisepass", en="Passport"))
    first = end(desk, anna.id, service_id="reisepass", helpful=True)
    second = end(desk, anna.id, outcome="unsolved", language="en")
    desk.wait()
    page = await look(anna)
    assert [int(number) for number in ROW.findall(page)] == [second.id, first.id]
    row = page.partition(f'id="open-{first.id}"')[2].partition("</tr>")[0]
    for part in ("04.05.26, 11:00", "Reisepass", "Geklärt", "Hat geholfen", "Bürgerservice", "Person anna", "Deutsch"):
        assert part in row, part
    assert ">2 Min.<" in row
    assert "7 Min." not in row  # how long somebody worked on it is nobody's record


async def test_who_left_while_waiting_was_led_by_nobody(desk: Desk, anna: Colleague, engine: Engine) -> None:
    waiting = desk.wait()
    with engine.begin() as connection:
        leave_handoff(connection, waiting.conversation_id, at=AT + timedelta(hours=2, minutes=5))
    page = await look(anna, outcome="left")
    for part in ("Vorzeitig beendet", "niemand", "niemand übernahm"):
        assert part in page.partition("<tbody>")[2], part
    assert await listed(anna, outcome="solved") == []


async def test_conversation_opens_to_be_read_and_that_is_recorded(
    desk: Desk, anna: Colleague, berta: Colleague, stored: Stored
) -> None:
    ended = end(desk, anna.id, "Was kostet das?")
    page = await look(berta, f"/desk/conversations/{ended.id}")
    assert "Was kostet das?" in page
    assert 'id="text"' not in page
    assert ("berta", "read") in stored.deeds(ended.id)


async def test_each_field_filters(
    desk: Desk, anna: Colleague, berta: Colleague, engine: Engine, database_url: str
) -> None:
    put_services(
        database_url,
        service("pass", "Reisepass", en="Passport"),
        service("eilpass", "Reisepass im Expressverfahren"),
        service("hund", "Hundesteuer"),
    )
    passport = end(desk, anna.id, "Ich fliege morgen", service_id="pass", helpful=False)
    express = end(desk, berta.id, service_id="eilpass", at=AT + timedelta(days=3), language="en", outcome="forwarded")
    late = end(desk, anna.id, service_id="hund", at=AT + timedelta(days=40), helpful=True)
    gone = end(desk, anna.id, service_id="withdrawn-long-ago")
    everything = [gone.id, late.id, express.id, passport.id]
    assert await listed(anna) == everything
    assert await listed(anna, **dict.fromkeys(("words", "since", "until", "team", "service"), "")) == everything
    for wanted, query in (
        ([passport], {"words": "fliege"}),
        ([late, express], {"since": "2026-05-05"}),
        ([express], {"since": "2026-05-05", "until": "2026-05-07"}),
        ([gone, late, express, passport], {"team": desk.team}),
        ([express], {"outcome": "forwarded"}),
        ([passport], {"service": "reisepass"}),
        ([passport], {"service": "PASSPORT"}),
        ([express, passport], {"service": "Reise"}),
        ([express], {"service": "Express"}),
        ([express], {"language": "en"}),
        ([express], {"caseworker": berta.id}),
        ([late], {"feedback": "helpful"}),
        ([passport], {"feedback": "unhelpful"}),
        ([passport], {"service": "Reise", "caseworker": anna.id, "feedback": "unhelpful", "words": "morgen"}),
        ([], {"service": "Hundesteuer", "language": "en"}),
    ):
        assert await listed(anna, **query) == [handoff.id for handoff in wanted], query


async def test_days_are_those_of_the_town(desk: Desk, anna: Colleague) -> None:
    after_midnight = end(desk, anna.id, at=AT.replace(hour=22, minute=30))  # 0:30 on the 5th in the town
    assert await listed(anna, since="2026-05-05", until="2026-05-05") == [after_midnight.id]
    assert await listed(anna, until="2026-05-04") == []


async def test_pages_lead_on_and_back_with_the_filter(desk: Desk, anna: Colleague) -> None:
    ids = [end(desk, anna.id, "Müll").id for _ in range(PAGE_LENGTH + 3)][::-1]
    end(desk, anna.id, language="en")
    first = await look(anna, language="de", words="müll")
    assert [int(number) for number in ROW.findall(first)] == ids[:PAGE_LENGTH]
    assert 'id="newer"' not in first
    second = await look(anna, re.search(r'id="older" rel="next" href="([^"]+)"', first)[1])
    assert [int(number) for number in ROW.findall(second)] == ids[PAGE_LENGTH:]
    assert 'id="older"' not in second
    assert 'value="müll"' in second
    back = await look(anna, re.search(r'id="newer" rel="prev" href="([^"]+)"', second)[1])
    assert [int(number) for number in ROW.findall(back)] == ids[:PAGE_LENGTH]
    assert 'id="newer"' not in back


async def test_way_back_stops_at_full_pages(desk: Desk, anna: Colleague) -> None:
    ids = [end(desk, anna.id).id for _ in range(2 * PAGE_LENGTH + 1)][::-1]
    back = await look(anna, after=ids[-1])
    assert [int(number) for number in ROW.findall(back)] == ids[PAGE_LENGTH : 2 * PAGE_LENGTH]
    assert f"after={ids[PAGE_LENGTH]}" in back
    assert f"before={ids[2 * PAGE_LENGTH - 1]}" in back


async def test_end_of_the_list_leads_back(desk: Desk, anna: Colleague) -> None:
    ended = end(desk, anna.id)
    page = await look(anna, before=ended.id, language="de")
    assert "Hier ist die Liste zu Ende." in page
    assert 'href="/desk/history?language=de"' in page


async def test_nothing_is_said_in_words(desk: Desk, anna: Colleague) -> None:
    assert "Noch ist kein Gespräch Ihrer Teams beendet." in await look(anna)
    end(desk, anna.id)
    page = await look(anna, words="Rumpelstilzchen")
    assert "Zu dieser Auswahl gibt es kein Gespräch." in page
    assert 'value="Rumpelstilzchen"' in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("since", "gestern", "„gestern“ ist kein Datum."),
        ("since", "2026-02-30", "„2026-02-30“ ist kein Datum."),
        ("until", "04.05.2026", "„04.05.2026“ ist kein Datum."),
        ("until", "0000-01-01", "ist kein Datum."),
        ("until", "2026-W01-1", "ist kein Datum."),
        ("team", "x", "„x“ steht nicht zur Wahl."),
        ("team", "1 OR 1=1", "steht nicht zur Wahl."),
        ("caseworker", "-1", "steht nicht zur Wahl."),
        ("caseworker", "²", "steht nicht zur Wahl."),
        ("outcome", "won", "„won“ steht nicht zur Wahl."),
        ("language", "fr", "„fr“ steht nicht zur Wahl."),
        ("feedback", "yes", "„yes“ steht nicht zur Wahl."),
        ("service", "Luftschloss", "die „Luftschloss“ heißt."),
        ("service", "' OR ''='", "heißt."),
        ("words", "...", "enthält kein Wort"),
        ("words", " ".join(map(str, range(13))), "zu viele Wörter. Möglich sind 12."),
        ("words", "x" * 201, "zu lang"),
        ("words", "a\0b", "unzulässige Zeichen"),
    ],
)
async def test_wrong_input_is_told_at_its_field(desk: Desk, anna: Colleague, field: str, typed: str, said: str) -> None:
    ended = end(desk, anna.id)
    page = await look(anna, status=422, **{field: typed})
    told = page.partition(f'id="{field}-fault">')[2].partition("</span>")[0]
    assert said in told
    element = re.search(rf'<(?:input|select) id="{field}"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in element
    assert f"{field}-fault" in element
    assert f'href="#{field}"' in page
    assert f"open-{ended.id}" not in page
    assert "kein Gespräch." not in page


async def test_last_day_before_the_first_is_told(anna: Colleague) -> None:
    page = await look(anna, status=422, since="2026-05-05", until="2026-05-04")
    assert 'id="until-fault">Dieser Tag liegt vor dem ersten Tag.' in page


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("number", ["x", "-1", "9" * 40, "1 OR 1=1"])
async def test_forged_page_is_refused(anna: Colleague, side: str, number: str) -> None:
    await look(anna, status=422, **{side: number})


@pytest.mark.parametrize("words", METACHARACTERS)
async def test_what_a_query_language_would_understand_does_nothing(desk: Desk, anna: Colleague, words: str) -> None:
    ended = end(desk, anna.id, "Reisepass")
    page = await anna.browser.get(f"{HISTORY}?{urlencode({'words': words})}")
    assert page.status in {200, 422}
    assert f"open-{ended.id}" not in await page.text()
    assert await listed(anna, words=f"reisepass {words}") in ([], [ended.id])
    assert await listed(anna, words="reisepass") == [ended.id]


@pytest.mark.parametrize("script", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "{{ 6007 * 7 }}"])
@pytest.mark.parametrize("field", ["words", "service", "since", "team"])
async def test_what_is_typed_stays_text(anna: Colleague, field: str, script: str) -> None:
    response = await anna.browser.get(f"{HISTORY}?{urlencode({field: script})}")
    page = await response.text()
    assert script not in page or "<" not in script
    assert "42049" not in page.partition("<main")[2]


async def test_other_teams_conversations_never_appear(desk: Desk, anna: Colleague, add_colleague: AddColleague) -> None:
    other = desk.add_team("bauamt")
    carl = await add_colleague("carl", teams=(other,))
    lead = await add_colleague("leitung", "lead")
    theirs = end(desk, carl.id, "Carport", team_id=other)
    ours = end(desk, anna.id, "Ausweis")
    for person in (anna, lead):
        assert await listed(person) == [ours.id]
        assert await listed(person, words="Carport") == []
        assert await listed(person, since="2026-05-01") == [ours.id]
        page = await look(person)
        assert ("bauamt" in page, "Person carl" in page) == (False, False)
        for field, value in (("team", other), ("team", 999_999), ("caseworker", carl.id), ("caseworker", 999_999)):
            assert f'id="{field}-fault"' in await look(person, status=404, **{field: value})
        assert await person.status(f"/desk/conversations/{theirs.id}") == 404
    assert await listed(carl) == [theirs.id]


async def test_lead_of_two_teams_sees_both(desk: Desk, anna: Colleague, add_colleague: AddColleague) -> None:
    other = desk.add_team("bauamt")
    lead = await add_colleague("leitung", "lead", teams=(desk.team, other))
    first, second = end(desk, anna.id), end(desk, lead.id, team_id=other)
    assert await listed(lead) == [second.id, first.id]
    assert await listed(lead, team=other) == [second.id]
    assert await listed(lead, team=desk.team) == [first.id]


async def test_who_is_in_no_team_sees_nothing(desk: Desk, anna: Colleague, add_colleague: AddColleague) -> None:
    ended = end(desk, anna.id)
    alone = await add_colleague("allein", teams=())
    page = await look(alone)
    assert "Sie gehören noch zu keinem Team." in page
    assert f"open-{ended.id}" not in page


@pytest.mark.parametrize("role", ["editor", "admin", "auditor"])
async def test_other_roles_see_nothing(desk: Desk, anna: Colleague, add_colleague: AddColleague, role: str) -> None:
    end(desk, anna.id)
    person = await add_colleague("andere", role)
    for path in (HISTORY, f"{HISTORY}?words=Hilfe", f"{HISTORY}/export.csv", f"{HISTORY}/export.jsonl"):
        assert await person.status(path) == 403
    assert HISTORY not in await person.page("/staff")


async def test_search_by_words_is_recorded_without_the_words(desk: Desk, anna: Colleague, engine: Engine) -> None:
    end(desk, anna.id, "Rumpelstilzchen ist krank")
    await look(anna)
    await look(anna, language="de")
    assert searches(engine) == []
    await look(anna, words="rumpelstilzchen krank", language="de")
    [entry] = searches(engine)
    assert (entry.name, entry.action) == ("anna", "searched")
    assert entry.details == {"words": "2", "language": "de"}


async def test_name_of_a_colleague_who_left_is_shown(
    desk: Desk, anna: Colleague, berta: Colleague, engine: Engine
) -> None:
    from bot.staff.teams import set_teams  # noqa: PLC0415

    end(desk, berta.id)
    with engine.begin() as connection:
        set_teams(connection, berta.id, ())
    page = await look(anna)
    assert "Person berta" in page.partition("<tbody>")[2]
    assert f'<option value="{berta.id}"' not in page


async def test_page_is_there_in_english(desk: Desk, anna: Colleague) -> None:
    end(desk, anna.id)
    await anna.browser.post("/staff/language", {"language": "en", "next": HISTORY})
    page = await look(anna, since="x", status=422)
    assert "“x” is not a date." in page
    assert "Solved" in await look(anna)
