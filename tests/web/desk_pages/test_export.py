"""The history as a file: what stands in it, who may take it, and that it is sent while it is read."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse
from sqlalchemy import Engine

from bot.conversations import queries
from bot.conversations.handoffs import leave_handoff
from bot.conversations.records import StoredMessage
from bot.staff.audit import read_entries
from bot.web.desk import export
from tests.catalogue.records import service
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import AddColleague, Colleague
from tests.web.desk_pages.past import end
from tests.web.test_services import put_services


@pytest.fixture
async def lead(add_colleague: AddColleague) -> Colleague:
    return await add_colleague("leitung", "lead")


async def download(person: Colleague, suffix: str, **query: object) -> ClientResponse:
    return await person.browser.get(f"/desk/history/export.{suffix}?{urlencode(query)}")


async def csv_rows(person: Colleague, **query: object) -> list[dict[str, str]]:
    response = await download(person, "csv", **query)
    assert response.status == 200, await response.text()
    return list(csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig"), newline="")))


async def json_rows(person: Colleague, **query: object) -> list[dict[str, Any]]:
    response = await download(person, "jsonl", **query)
    assert response.status == 200, await response.text()
    return [json.loads(line) for line in (await response.read()).splitlines()]


def exports(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [entry.details for entry in read_entries(connection) if entry.action == "exported"]


async def test_csv_has_a_row_for_each_conversation(
    desk: Desk, lead: Colleague, anna: Colleague, database_url: str
) -> None:
    put_services(database_url, service("pass", "Reisepass"))
    first = end(desk, anna.id, 'Er sagte: "Ja,\nbitte"', service_id="pass", helpful=False, comment="Zu lang, leider")
    second = end(desk, anna.id, language="en")
    response = await download(lead, "csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    today = datetime.now(UTC).year
    assert f'attachment; filename="stadtlotse-history-{today}' in response.headers["Content-Disposition"]
    raw = await response.read()
    assert raw.startswith(b"\xef\xbb\xbfnumber,requested_at,")
    assert raw.count(b"\r\n") == 3
    newest, oldest = await csv_rows(lead)
    assert (newest["number"], oldest["number"]) == (str(second.id), str(first.id))
    assert oldest == {
        "number": str(first.id),
        "requested_at": "2026-05-04T11:00:00+02:00",
        "claimed_at": "2026-05-04T11:02:00+02:00",
        "ended_at": "2026-05-04T11:09:00+02:00",
        "team": "Bürgerservice",
        "reason": "wish",
        "language": "de",
        "service_id": "pass",
        "service": "Reisepass",
        "outcome": "solved",
        "waiting_seconds": "120",
        "handling_seconds": "420",
        "helpful": "false",
        "comment": "Zu lang, leider",
        "messages": "3",
    }


async def test_json_lines_have_the_messages(desk: Desk, lead: Colleague, anna: Colleague) -> None:
    ended = end(desk, anna.id, "Meine IBAN ist [IBAN]\u2028bitte")
    [row] = await json_rows(lead)
    assert row["number"] == ended.id
    assert row["helpful"] is None
    asked, answered, bye = row["messages"]
    assert asked == {
        "number": 1,
        "at": "2026-05-04T11:00:00+02:00",
        "role": "citizen",
        "language": "de",
        "text": "Meine IBAN ist [IBAN]\u2028bitte",
    }
    assert (answered["role"], bye["role"]) == ("caseworker", "system")


async def test_nothing_is_exported_that_the_desk_may_not_see(desk: Desk, lead: Colleague, anna: Colleague) -> None:
    ended = end(desk, anna.id, "Vorher gesagt", shows_history=False)
    conversation = desk.read(ended.conversation_id)
    later = StoredMessage(
        number=conversation.last_number + 1, role="citizen", language="de", text="Nachher gesagt", at=AT
    )
    with desk.engine.begin() as connection:
        queries.add_message(connection, conversation, later)
    other = desk.add_team("bauamt")
    end(desk, anna.id, "Anderswo gesagt", team_id=other)
    [row] = await json_rows(lead)
    assert row["number"] == ended.id
    assert [message["text"] for message in row["messages"]] == ["Ich schaue nach", "Auf Wiedersehen"]


async def test_nobody_of_the_staff_is_named(desk: Desk, lead: Colleague, anna: Colleague, engine: Engine) -> None:
    """Names beside times would be a record of how somebody works."""
    end(desk, anna.id)
    for suffix in ("csv", "jsonl"):
        assert "anna" not in await (await download(lead, suffix)).text()
        assert (await download(lead, suffix, caseworker=anna.id)).status == 422
    assert all("caseworker" not in details for details in exports(engine))
    assert "/desk/history/export." not in await lead.page(f"/desk/history?caseworker={anna.id}")


async def test_who_gave_up_has_no_waiting_time(desk: Desk, lead: Colleague, engine: Engine) -> None:
    with engine.begin() as connection:
        leave_handoff(connection, desk.wait().conversation_id, at=AT + timedelta(minutes=5))
    [row] = await csv_rows(lead)
    assert (row["outcome"], row["waiting_seconds"], row["handling_seconds"]) == ("left", "", "")


@pytest.mark.parametrize(
    "text", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://evil.example")', "＝1"]
)
async def test_formula_is_a_text_in_a_spreadsheet(
    desk: Desk, lead: Colleague, anna: Colleague, database_url: str, text: str
) -> None:
    put_services(database_url, service("boese", text))
    end(desk, anna.id, service_id="boese", helpful=False, comment=text)
    [row] = await csv_rows(lead)
    for column in ("service", "comment"):
        assert row[column].startswith("'"), column
    assert row["comment"] == f"'{text}"
    [plain] = await json_rows(lead)
    assert plain["comment"] == text


async def test_filter_of_the_page_selects(desk: Desk, lead: Colleague, anna: Colleague) -> None:
    end(desk, anna.id, "Müll")
    wanted = end(desk, anna.id, "Hund", outcome="unsolved")
    for query in ({"words": "hund"}, {"outcome": "unsolved"}, {"since": "2026-05-04", "outcome": "unsolved"}):
        assert [row["number"] for row in await csv_rows(lead, **query)] == [str(wanted.id)]
        assert [row["number"] for row in await json_rows(lead, **query)] == [wanted.id]
    assert await csv_rows(lead, words="nichts") == []
    assert await json_rows(lead, words="nichts") == []


async def test_all_pieces_are_sent_once(
    desk: Desk, lead: Colleague, anna: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    ids = [end(desk, anna.id).id for _ in range(5)][::-1]
    assert [row["number"] for row in await json_rows(lead)] == ids
    assert [int(row["number"]) for row in await csv_rows(lead)] == ids
    end(desk, anna.id)
    assert len(await json_rows(lead)) == 6


async def test_export_is_recorded_before_and_after(
    desk: Desk, lead: Colleague, anna: Colleague, engine: Engine
) -> None:
    end(desk, anna.id, "Rumpelstilzchen")
    await csv_rows(lead, words="Rumpelstilzchen", language="de")
    assert exports(engine) == [
        {"format": "csv", "words": "1", "language": "de"},
        {"format": "csv", "rows": 1, "complete": True},
    ]


async def test_export_that_breaks_off_is_recorded_as_such(
    desk: Desk, lead: Colleague, anna: Colleague, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conversation under way is gone: the database fails in the middle of the file."""
    from bot.errors import DatabaseUnavailableError  # noqa: PLC0415

    monkeypatch.setattr(export, "AT_ONCE", 2)
    read, calls = export.read_piece, []

    def fails_at_second(*args: object, **options: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise DatabaseUnavailableError("gone")
        return read(*args, **options)

    monkeypatch.setattr(export, "read_piece", fails_at_second)
    for _ in range(3):
        end(desk, anna.id)
    with pytest.raises(Exception, match=r"(?i)payload|disconnect|closed|transfer"):
        await download(lead, "jsonl")
    assert exports(engine)[-1] == {"format": "jsonl", "rows": 2, "complete": False}


async def test_caseworker_may_not_export(desk: Desk, anna: Colleague, lead: Colleague, engine: Engine) -> None:
    end(desk, anna.id)
    for suffix in ("csv", "jsonl"):
        assert (await download(anna, suffix)).status == 403
    assert exports(engine) == []
    assert "/desk/history/export." not in await anna.page("/desk/history")
    assert "/desk/history/export.csv?language=de" in await lead.page("/desk/history?language=de")


async def test_export_needs_a_sign_in(browser: Any) -> None:
    response = await browser.get("/desk/history/export.csv")
    assert response.status == 303
    assert response.headers["Location"].startswith("/staff/login")


@pytest.mark.parametrize(
    ("query", "status"),
    [({"since": "x"}, 422), ({"team": "x"}, 422), ({"team": 999_999}, 404), ({"caseworker": 999_999}, 404)],
)
async def test_wrong_filter_exports_nothing(
    desk: Desk, lead: Colleague, engine: Engine, query: dict[str, object], status: int
) -> None:
    end(desk, lead.id)
    assert (await download(lead, "csv", **query)).status == status
    assert exports(engine) == []


@pytest.mark.parametrize("suffix", ["xlsx", "json", "csv/", "CSV"])
async def test_other_formats_are_not_found(lead: Colleague, suffix: str) -> None:
    assert (await lead.browser.get(f"/desk/history/export.{suffix}")).status == 404
