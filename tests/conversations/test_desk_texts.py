from datetime import timedelta

import pytest

from bot.conversations import queries
from bot.conversations.canned_replies import (
    ReplyChangedError,
    add_reply,
    change_reply,
    delete_reply,
    fill_in,
    find_reply,
    list_replies,
)
from bot.conversations.records import StoredMessage
from bot.conversations.wrong_answers import Correction, find_marks, list_wrong, mark_wrong, unmark
from bot.errors import InputError, NotFoundError
from tests.conversations.desk import AT, Desk

BY = (1, AT)


def test_replies_of_the_own_teams_and_of_all_are_listed_by_name(desk: Desk) -> None:
    other = desk.add_team("bauamt")
    with desk.engine.begin() as connection:
        add_reply(connection, team_id=other, name="Fremd", texts={"de": "Nein"}, by=BY)
        add_reply(connection, team_id=desk.team, name="Termin", texts={"de": "Termin", "en": "Appointment"}, by=BY)
        add_reply(connection, team_id=None, name="Gruß", texts={"de": "Guten Tag"}, by=BY)
        listed = list_replies(connection, [desk.team])
    assert [(reply.name, reply.text("en")) for reply in listed] == [("Gruß", "Guten Tag"), ("Termin", "Appointment")]


def test_reply_is_changed_and_deleted(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        reply_id = add_reply(connection, team_id=None, name="Gruß", texts={"de": "Guten Tag"}, by=BY)
        first = find_reply(connection, reply_id)
        assert first is not None
        change_reply(connection, first, name="Gruß", texts={"de": "Moin"}, by=BY)
        [second] = list_replies(connection, [])
        assert second.texts == {"de": "Moin"}
        delete_reply(connection, second)
        assert list_replies(connection, []) == ()
        with pytest.raises(NotFoundError):
            change_reply(connection, second, name="Gruß", texts={"de": "Moin"}, by=BY)


def test_reply_that_somebody_else_changed_is_neither_changed_nor_deleted(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        reply_id = add_reply(connection, team_id=None, name="Gruß", texts={"de": "Guten Tag"}, by=BY)
        first = find_reply(connection, reply_id)
        assert first is not None
        change_reply(connection, first, name="Gruß", texts={"de": "Moin"}, by=(2, AT))  # at the same moment
        for late in (
            lambda: change_reply(connection, first, name="Gruß", texts={"de": "Hallo"}, by=BY),
            lambda: delete_reply(connection, first),
        ):
            with pytest.raises(ReplyChangedError) as refused:
                late()
            assert (refused.value.now.texts, refused.value.now.changed_by) == ({"de": "Moin"}, 2)
        assert find_reply(connection, reply_id) == refused.value.now


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("", {"de": "Text"}),
        ("x" * 81, {"de": "Text"}),
        ("Gruß", {"en": "Hello"}),
        ("Gruß", {"de": " "}),
        ("Gruß", {"de": "x" * 2_001}),
        ("Gruß", {"de": "Hier ist {password}"}),
        ("Gruß", {"de": "Hier ist {caseworker.__class__}"}),
        ("Gruß", {"de": "Hier ist {"}),
    ],
)
def test_reply_that_cannot_be_used_is_refused(desk: Desk, name: str, texts: dict[str, str]) -> None:
    with desk.engine.begin() as connection, pytest.raises(InputError):
        add_reply(connection, team_id=None, name=name, texts=texts, by=BY)


def test_placeholders_are_filled_in_and_an_unknown_value_stays_visible() -> None:
    text = "Hier ist {caseworker} aus {town}. {{so}}"
    assert fill_in(text, {"caseworker": "Frau {town}"}) == "Hier ist Frau {town} aus {town}. {so}"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Gern. {service_url}", "Gern."),
        ("{service_url}\nGruß", "\nGruß"),
        ("Siehe\n{service_url}\n\nGruß", "Siehe\n\nGruß"),
    ],
)
def test_placeholder_whose_value_is_empty_is_left_out_with_the_blank_before_it(text: str, filled: str) -> None:
    assert fill_in(text, {"service_url": ""}) == filled


def test_wrong_answer_is_listed_with_question_understanding_and_what_was_right(desk: Desk) -> None:
    conversation = desk.begin("Wo ist mein Perso?")
    answer = StoredMessage(
        number=2, role="bot", language="de", text="Reisepass", at=AT, reply_to=1, understanding={"intent": "x"}
    )
    correction = Correction(right="Personalausweis", right_service_id="personalausweis", staff_id=7, at=AT)
    with desk.engine.begin() as connection:
        queries.add_message(connection, conversation, answer)
        mark_wrong(connection, conversation.id, 2, Correction(right="?", right_service_id=None, staff_id=7, at=AT))
        mark_wrong(connection, conversation.id, 2, correction)
        [marked] = list_wrong(connection)
        assert (marked.asked, marked.answered, marked.understanding) == (
            "Wo ist mein Perso?",
            "Reisepass",
            {"intent": "x"},
        )
        assert marked.correction == correction
        assert list_wrong(connection, before=marked.position) == ()
        assert find_marks(connection, conversation.id) == {2: correction}
        assert unmark(connection, conversation.id, 2)
        assert not unmark(connection, conversation.id, 2)
        assert list_wrong(connection) == ()
        assert find_marks(connection, conversation.id) == {}


def test_leads_see_marks_of_their_teams_conversations(desk: Desk) -> None:
    waiting, other = desk.wait(), desk.wait(team_id=desk.add_team("bauamt"))
    for handoff in (waiting, other):
        conversation = desk.read(handoff.conversation_id)
        answer = StoredMessage(number=2, role="bot", language="de", text="Nein", at=AT)
        with desk.engine.begin() as connection:
            queries.add_message(connection, conversation, answer)
            correction = Correction(right="x", right_service_id=None, staff_id=7, at=AT)
            mark_wrong(connection, conversation.id, 2, correction)
    with desk.engine.connect() as connection:
        listed = list_wrong(connection, teams=frozenset({desk.team}))
        assert [mark.conversation_id for mark in listed] == [waiting.conversation_id]
        assert list_wrong(connection, teams=frozenset()) == ()
        assert len(list_wrong(connection)) == 2


def test_only_an_answer_of_the_bot_can_be_wrong(desk: Desk) -> None:
    conversation = desk.begin()
    correction = Correction(right="x", right_service_id=None, staff_id=7, at=AT)
    for number in (1, 2):
        with pytest.raises(NotFoundError), desk.engine.begin() as connection:
            mark_wrong(connection, conversation.id, number, correction)


def test_marks_are_paged_newest_first_and_erased_with_the_conversation(desk: Desk) -> None:
    marked = []
    for day in range(3):
        conversation = desk.begin()
        with desk.engine.begin() as connection:
            queries.add_message(
                connection, conversation, StoredMessage(number=2, role="bot", language="de", text="Nein", at=AT)
            )
            at = AT + timedelta(days=day)
            mark_wrong(connection, conversation.id, 2, Correction(right="x", right_service_id=None, staff_id=7, at=at))
        marked.append(conversation.id)
    with desk.engine.begin() as connection:
        first = list_wrong(connection, limit=2)
        second = list_wrong(connection, before=first[-1].position, limit=2)
        assert [mark.conversation_id for mark in (*first, *second)] == marked[::-1]
        queries.delete_conversation(connection, marked[0])
        assert len(list_wrong(connection)) == 2
