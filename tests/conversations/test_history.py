from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.conversations import claims, queries
from bot.conversations.handoffs import StoredHandoff, leave_handoff
from bot.conversations.history import HistoryFilter, list_history, search_words
from bot.conversations.models import FeedbackRow
from tests.conversations.desk import AT, Desk
from tests.conversations.test_claims import says


def finished(desk: Desk, *texts: str, outcome: str = "solved", days: int = 0, **options: object) -> StoredHandoff:
    anna = desk.add_caseworker()
    at = AT + timedelta(days=days)
    handoff = desk.wait(*texts, at=at, **options)
    deed = claims.Deed(staff_id=anna, teams=frozenset({handoff.team_id}), at=at)
    with desk.engine.begin() as connection:
        claims.claim(connection, handoff.id, deed)
        claims.write(connection, handoff.id, deed, compose=says("Ich schaue nach", staff_id=anna))
        ending = claims.Ending(outcome=outcome, compose=says("Auf Wiedersehen"))
        return claims.close(connection, handoff.id, deed, ending=ending)[0]


def found(desk: Desk, **wanted: object) -> list[int]:
    values = {"teams": frozenset({desk.team})} | wanted
    with desk.engine.connect() as connection:
        return [handoff.id for handoff in list_history(connection, HistoryFilter(**values))]


def test_history_has_what_ended_the_newest_first_page_by_page(desk: Desk) -> None:
    handoffs = [finished(desk).id for _ in range(5)]
    desk.wait()
    with desk.engine.connect() as connection:
        wanted = HistoryFilter(teams=frozenset({desk.team}))
        first = list_history(connection, wanted, limit=2)
        second = list_history(connection, wanted, before=first[-1].id, limit=2)
        third = list_history(connection, wanted, before=second[-1].id, limit=2)
    assert [handoff.id for page in (first, second, third) for handoff in page] == handoffs[::-1]


def test_who_left_the_queue_is_in_the_history(desk: Desk) -> None:
    handoff = desk.wait()
    with desk.engine.begin() as connection:
        leave_handoff(connection, handoff.conversation_id, at=AT)
    assert found(desk) == [handoff.id]


def test_history_of_another_team_is_not_shown(desk: Desk) -> None:
    other = desk.add_team("bauamt")
    theirs = finished(desk, "Carport", team_id=other).id
    assert found(desk) == []
    assert found(desk, words="Carport") == []
    assert found(desk, teams=frozenset({other}), words="Carport") == [theirs]


def test_filters(desk: Desk) -> None:
    passport = finished(desk, service_id="reisepass").id
    english = finished(desk, language="en", outcome="unsolved", days=3).id
    late = finished(desk, days=40).id
    assert found(desk, services=frozenset({"reisepass", "anderes"})) == [passport]
    assert found(desk, language="en") == [english]
    assert found(desk, outcome="unsolved") == [english]
    assert found(desk, since=AT + timedelta(days=3)) == [late, english]
    assert found(desk, until=AT + timedelta(days=3)) == [passport]
    assert found(desk, since=AT + timedelta(days=1), until=AT + timedelta(days=9)) == [english]
    assert found(desk, since=AT + timedelta(days=99)) == []
    assert found(desk, until=AT - timedelta(days=99)) == []


def test_filter_by_feedback_at_the_end(desk: Desk) -> None:
    good, bad, _none = (finished(desk) for _ in range(3))
    with desk.engine.begin() as connection:
        for handoff, helpful in ((good, True), (bad, False)):
            values = {"conversation_id": handoff.conversation_id, "number": handoff.closing_number, "at": AT}
            connection.execute(insert(FeedbackRow).values(**values, helpful=helpful))
    assert found(desk, helpful=True) == [good.id]
    assert found(desk, helpful=False) == [bad.id]


@pytest.mark.parametrize("words", ["gebühren", "Gebühr", "GEBUEHREN", "was gebühr", "nachschauen oder", "ich schaue"])
def test_words_find_by_their_beginning_whatever_the_spelling(desk: Desk, words: str) -> None:
    handoff = finished(desk, "Was sind die Gebühren, oder soll ich nachschauen?").id
    finished(desk, "Etwas anderes")
    assert handoff in found(desk, words=words)


def test_short_word_is_meant_as_it_is(desk: Desk) -> None:
    handoff = finished(desk, "Abmeldung am 3. Mai").id
    assert found(desk, words="ab") == []
    assert found(desk, words="3") == [handoff]


def test_all_words_must_be_there(desk: Desk) -> None:
    finished(desk, "Gebühren für den Reisepass")
    assert found(desk, words="Gebühren Führerschein") == []


@pytest.mark.parametrize(
    "words", ['"', "' OR 1=1 --", "zz:*", "NEAR(", "!", "& |", "\\", "%", "words:x", "-pass", "(((", "\x00"]
)
def test_what_a_query_language_would_understand_does_nothing(desk: Desk, words: str) -> None:
    finished(desk, "Reisepass")
    assert found(desk, words=words) in ([], found(desk, words="xyz"))


def test_search_words_are_folded_once_each() -> None:
    assert search_words("Bürger-Büro, Büro!") == ["burger", "buro", "burgerburo"]


def test_what_was_said_before_is_not_found_without_consent(desk: Desk) -> None:
    finished(desk, "Ich heiße Rumpelstilz", shows_history=False)
    assert found(desk, words="Rumpelstilz") == []
    assert len(found(desk, words="schaue")) == 1


def test_erased_conversation_is_not_found_and_its_words_are_in_no_file(desk: Desk, database_url: str) -> None:
    handoff = finished(desk, "Rumpelstilzchen")
    kept = finished(desk, "Dornröschen")
    with desk.engine.begin() as connection:
        queries.delete_conversation(connection, handoff.conversation_id)
    assert found(desk) == [kept.id]
    assert found(desk, words="rumpel") == []
    with desk.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM handoff_search")) == 1
    if database_url.startswith("sqlite"):
        with desk.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(database_url.removeprefix("sqlite:///"))
        written = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*")).lower()
        assert b"dornr" in written
        assert b"rumpelst" not in written
