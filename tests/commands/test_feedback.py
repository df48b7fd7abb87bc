import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.__main__ import main
from bot.conversations import queries
from bot.conversations.feedback import keep_feedback
from bot.conversations.records import Feedback, StoredMessage

CARD = {"kind": "service", "service": {"id": "reisepass", "name": "Reisepass", "url": None}}
FIRST = datetime(2026, 5, 2, 21, 59, tzinfo=UTC)  # 23:59 in the town
SECOND = datetime(2026, 5, 2, 22, 1, tzinfo=UTC)  # 0:01 on the next day


@pytest.fixture
def given(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two answers with feedback, on two days of the town."""
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    with engine.begin() as connection:
        queries.create_conversation(connection, "c1", token_hash="x", language="de", at=FIRST)
        for number, values, feedback in (
            (1, {"at": FIRST, "outcome": "unknown"}, Feedback(helpful=False, comment="Das gibt es\nbestimmt.")),
            (2, {"at": SECOND, "outcome": "service", "card": CARD}, Feedback(helpful=True, comment="Danke")),
        ):
            conversation = queries.find_conversation(connection, "c1")
            assert conversation is not None
            message = StoredMessage(number=number, role="bot", language="de", text="A", **values)
            queries.add_message(connection, conversation, message)
            keep_feedback(connection, "c1", number=number, feedback=feedback, at=message.at)


@pytest.mark.usefixtures("given")
def test_counts_and_comments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "feedback: 1 helpful, 1 not helpful",
        "  service: 1 helpful, 0 not helpful",
        "  unknown: 0 helpful, 1 not helpful",
        "services: 1",
        "  Reisepass (reisepass): 1 helpful, 0 not helpful",
        "comments: 2",
        "  2026-05-03 helpful, service reisepass: Danke",
        "  2026-05-02 not helpful, unknown: Das gibt es bestimmt.",
    ]


@pytest.mark.usefixtures("given")
def test_day_begins_at_midnight_in_the_town(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "--since", "2026-05-03", "--json"]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed == {
        "since": "2026-05-03",
        "outcomes": [{"outcome": "service", "helpful": 1, "not_helpful": 0}],
        "services": [{"id": "reisepass", "name": "Reisepass", "helpful": 1, "not_helpful": 0}],
        "comments": [
            {
                "at": "2026-05-02T22:01:00Z",
                "language": "de",
                "outcome": "service",
                "service": "reisepass",
                "helpful": True,
                "comment": "Danke",
            }
        ],
    }


def test_no_feedback_is_no_error(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    assert main(["feedback"]) == 0
    assert capsys.readouterr().out == "feedback: 0 helpful, 0 not helpful\nservices: 0\ncomments: 0\n"


def test_what_is_no_day_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["feedback", "--since", "gestern"])
    assert refused.value.code == 2
    assert "gestern" in capsys.readouterr().err
