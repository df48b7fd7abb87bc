"""The page that says what is kept how long, and how the last runs went."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.jobs.runs import add_counts, begin_run, end_run
from bot.staff.roles import Role
from bot.web.jobs.retention import JOB
from bot.web.jobs.watch import RETENTION
from tests.web.conftest import Web
from tests.web.staff.conftest import SignedIn

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PAGE = "/staff/retention"


def run(engine: Engine, slot: str, *, error: str | None = "", **counts: int) -> None:
    with engine.begin() as connection:
        begun = begin_run(connection, JOB, slot=slot, who="system", at=AT)
        assert begun is not None
        add_counts(connection, begun, counts, at=AT)
        if error is not None:
            end_run(connection, begun, at=AT + timedelta(minutes=1), error=error)


@pytest.mark.parametrize("role", ["admin", "auditor"])
async def test_times_and_runs_are_shown(signed_in: SignedIn, engine: Engine, role: Role) -> None:
    browser = await signed_in(role)
    assert "Bisher gab es keinen Lauf." in await browser.page(PAGE)
    run(engine, "1", conversation=17, request=0)
    run(engine, "2", error="OperationalError", audit=3)
    run(engine, "3", error=None)
    page = await browser.page(PAGE)
    for part in ("90", "365", "ab 3 Uhr", "22.11.26, 03:00", "22.11.26, 03:01", "Gespräche: 17", "das Programm"):
        assert part in page
    assert "22.11.26, 03:01, abgebrochen (OperationalError)" in page
    assert "noch nicht beendet, zuletzt aktiv 22.11.26, 03:00" in page
    assert "Anliegen: 0" not in page


async def test_missing_runs_are_told(signed_in: SignedIn, web: Web) -> None:
    browser = await signed_in("admin")
    assert "Seit mehr als zwei Tagen" not in await browser.page(PAGE)
    web.server.app[RETENTION].started_at -= timedelta(days=3)
    assert "Seit mehr als zwei Tagen" in await browser.page(PAGE)


@pytest.mark.parametrize("role", ["caseworker", "lead", "editor"])
async def test_others_may_not_see_it(signed_in: SignedIn, role: Role) -> None:
    assert (await (await signed_in(role)).get(PAGE)).status == 403
