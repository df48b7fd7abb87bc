from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete

from bot.conversations import queries
from bot.conversations.models import Conversation
from bot.conversations.request_lists import list_open
from bot.conversations.requests import (
    NewRequest,
    StoredRequest,
    answer_request,
    assign_request,
    normalise_code,
    open_request,
    read_request,
    release_request,
    take_request,
)
from bot.database import open_engine
from bot.errors import HandoffOverError, HandoffTakenError, NotFoundError
from tests.conversations.desk import AT, Desk


def taken(desk: Desk, **values: object) -> tuple[StoredRequest, str]:
    new = {
        "conversation_id": desk.begin().id,
        "team_id": desk.team,
        "reason": "wish",
        "language": "de",
        "service_id": None,
        "shown_from": 1,
        "what": "Meine Laterne ist aus",
        "reach": "abends am Telefon",
        "email": "",
        "due_at": AT + timedelta(days=2),
        "at": AT,
    }
    with desk.engine.begin() as connection:
        return take_request(connection, NewRequest(**(new | values)))


def test_request_is_opened_by_reference_and_code_however_they_are_written(desk: Desk) -> None:
    request, code = taken(desk)
    written = f" {code.lower().replace('-', ' ').replace('0', 'o')} "
    with desk.engine.connect() as connection:
        assert open_request(connection, request.reference, code=code) == request
        assert open_request(connection, request.reference.lower().replace("-", ""), code=written) == request


def test_request_stays_closed_for_a_wrong_code_or_one_of_another_request(desk: Desk) -> None:
    request, code = taken(desk)
    other, other_code = taken(desk)
    assert (request.reference, code) != (other.reference, other_code)
    with desk.engine.connect() as connection:
        for reference, tried in (
            (request.reference, other_code),
            (request.reference, ""),
            (request.reference, "%"),
            ("0000-0000", code),
            ("", ""),
        ):
            assert open_request(connection, reference, code=tried) is None


def test_code_is_not_in_the_database(desk: Desk) -> None:
    _request, code = taken(desk)
    with desk.engine.connect() as connection:
        rows = [str(row) for row in connection.exec_driver_sql("SELECT * FROM request")]
    assert len(rows) == 1
    assert code not in rows[0]
    assert code.replace("-", "") not in rows[0]


def test_repeated_request_is_kept_once_and_gets_a_code_that_works(desk: Desk) -> None:
    conversation = desk.begin()
    first, old_code = taken(desk, conversation_id=conversation.id, key="k1")
    again, code = taken(desk, conversation_id=conversation.id, key="k1")
    assert again == first
    with desk.engine.connect() as connection:
        assert open_request(connection, first.reference, code=code) == first
        assert open_request(connection, first.reference, code=old_code) is None
        assert list_open(connection, frozenset({desk.team})) == (first,)


@pytest.mark.parametrize(("written", "meant"), [(" 7k2m 9xqO", "7K2M-9XQ0"), ("il-lo", "1110"), ("", ""), ("ä", "Ä")])
def test_codes_are_read_as_people_copy_them(written: str, meant: str) -> None:
    assert normalise_code(written) == meant


def test_of_many_who_take_a_request_one_gets_it(desk: Desk, database_url: str) -> None:
    people = [desk.add_caseworker() for _ in range(10)]
    request, _code = taken(desk)
    engine = open_engine(database_url)
    barrier = Barrier(len(people))

    def rush(staff_id: int) -> int | None:
        barrier.wait()
        try:
            with engine.begin() as connection:
                return assign_request(connection, request.id, desk.deed(staff_id)).assignee_id
        except HandoffTakenError as refused:
            return refused.assignee_id

    with ThreadPoolExecutor(len(people)) as pool:
        told = list(pool.map(rush, people))
    engine.dispose()
    assert len(set(told)) == 1
    assert told[0] in people


def test_answer_is_written_once_by_who_has_the_request(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    request, code = taken(desk)
    with desk.engine.begin() as connection:
        assign_request(connection, request.id, desk.deed(anna))
    with pytest.raises(HandoffTakenError), desk.engine.begin() as connection:
        answer_request(connection, request.id, desk.deed(ben), answer="Nein")
    with desk.engine.begin() as connection:
        answered = answer_request(connection, request.id, desk.deed(anna, minutes=30), answer="Wird repariert")
    assert (answered.state, answered.answered_by) == ("answered", anna)
    with desk.engine.connect() as connection:
        seen = open_request(connection, request.reference, code=code)
    assert seen is not None
    assert (seen.answer, seen.answered_at) == ("Wird repariert", AT + timedelta(minutes=30))
    for act in (assign_request, release_request):
        with pytest.raises(HandoffOverError), desk.engine.begin() as connection:
            act(connection, request.id, desk.deed(anna))
    with pytest.raises(HandoffOverError), desk.engine.begin() as connection:
        answer_request(connection, request.id, desk.deed(anna), answer="Noch einmal")


def test_request_goes_to_another_team_and_a_lead_may_give_it_back(desk: Desk) -> None:
    anna, lead, building = desk.add_caseworker(), desk.add_caseworker(), desk.add_team("bauamt")
    request, _code = taken(desk)
    with desk.engine.begin() as connection:
        assign_request(connection, request.id, desk.deed(anna))
        assert release_request(connection, request.id, desk.deed(lead, is_lead=True)).assignee_id is None
        assign_request(connection, request.id, desk.deed(anna))
        moved = release_request(connection, request.id, desk.deed(anna), team_id=building)
        assert (moved.team_id, moved.assignee_id) == (building, None)
        with pytest.raises(NotFoundError):
            assign_request(connection, request.id, desk.deed(anna))


def test_citizen_who_erases_the_conversation_erases_the_request_but_retention_keeps_it(desk: Desk) -> None:
    erased, _ = taken(desk)
    kept, _ = taken(desk)
    with desk.engine.begin() as connection:
        queries.delete_conversation(connection, erased.conversation_id)
        connection.execute(delete(Conversation).where(Conversation.id == kept.conversation_id))  # as retention does
    with desk.engine.connect() as connection:
        with pytest.raises(NotFoundError):
            read_request(connection, erased.id)
        assert read_request(connection, kept.id).conversation_id is None
