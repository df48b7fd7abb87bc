import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.__main__ import main
from bot.conversations import queries
from bot.staff.audit import COMMAND_LINE, newest_entries

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def old_conversation(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is old and one that is not."""
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    monkeypatch.setenv("STADTLOTSE_CONVERSATION_DAYS", "10")
    with engine.begin() as connection:
        for name, days in (("old", 11), ("recent", 9)):
            at = datetime.now(UTC) - timedelta(days=days)
            queries.create_conversation(connection, name, token_hash="x", language="de", at=at)


def is_there(engine: Engine, name: str) -> bool:
    with engine.connect() as connection:
        return queries.find_conversation(connection, name) is not None


def test_run_deletes_what_is_old(engine: Engine, capsys: Capture) -> None:
    assert main(["retention", "run"]) == 0
    assert "deleted conversation 1, feedback 0" in capsys.readouterr().out
    assert (is_there(engine, "old"), is_there(engine, "recent")) == (False, True)
    with engine.connect() as connection:
        [entry] = newest_entries(connection, limit=1)
    assert (entry.name, entry.action, entry.details["conversation"]) == (COMMAND_LINE, "pruned", 1)


def test_dry_run_says_what_would_go_and_deletes_nothing(engine: Engine, capsys: Capture) -> None:
    assert main(["retention", "run", "--dry-run"]) == 0
    assert capsys.readouterr().out == "would delete conversation 1, feedback 0, request 0, audit 0\n"
    assert is_there(engine, "old")


def test_show_tells_times_what_is_due_and_the_last_runs(capsys: Capture) -> None:
    assert main(["retention", "show"]) == 0
    out = capsys.readouterr().out
    assert "conversation: 10 days, 1 to delete" in out
    assert "no run yet" in out
    main(["retention", "run"])
    capsys.readouterr()
    assert main(["retention", "show"]) == 0
    out = capsys.readouterr().out
    assert "conversation: 10 days, 0 to delete" in out
    assert "command line: ended" in out
    assert main(["retention", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["days"]["conversation"] == 10
    assert shown["runs"][0]["counts"]["conversation"] == 1
