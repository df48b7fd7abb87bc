from datetime import timedelta

from bot.conversations.request_lists import Count, add_up, count_requests, list_answered, list_open
from bot.conversations.requests import answer_request, assign_request
from tests.conversations.desk import AT, Desk
from tests.conversations.test_requests import taken


def test_open_requests_go_by_what_is_due_first(desk: Desk) -> None:
    due = [taken(desk, due_at=AT + timedelta(days=days))[0].id for days in (3, 1, 2, 2)]
    teams = frozenset({desk.team})
    with desk.engine.connect() as connection:
        first = list_open(connection, teams, limit=2)
        second = list_open(connection, teams, after=first[-1], limit=2)
        assert list_open(connection, teams, after=second[-1]) == ()
        assert list_open(connection, frozenset({desk.team + 1})) == ()
        assert list_open(connection, frozenset()) == ()
    assert [request.id for request in (*first, *second)] == [due[1], due[2], due[3], due[0]]


def test_mine_are_those_i_have_taken(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    mine, other = (taken(desk)[0].id for _ in range(2))
    taken(desk)
    teams = frozenset({desk.team})
    with desk.engine.begin() as connection:
        assign_request(connection, mine, desk.deed(anna))
        assign_request(connection, other, desk.deed(ben))
        assert [request.id for request in list_open(connection, teams, assignee_id=anna)] == [mine]


def test_answered_requests_go_by_the_last_answer(desk: Desk) -> None:
    anna = desk.add_caseworker()
    requests = [taken(desk)[0].id for _ in range(4)]
    teams = frozenset({desk.team})
    with desk.engine.begin() as connection:
        for request_id, minutes in zip(requests[:3], (5, 9, 9), strict=True):
            assign_request(connection, request_id, desk.deed(anna))
            answer_request(connection, request_id, desk.deed(anna, minutes=minutes), answer="Erledigt")
        first = list_answered(connection, teams, limit=2)
        second = list_answered(connection, teams, after=first[-1], limit=2)
        assert [request.id for request in (*first, *second)] == [requests[2], requests[1], requests[0]]
        assert list_answered(connection, frozenset({desk.team + 1})) == ()


def test_open_and_overdue_requests_are_counted(desk: Desk) -> None:
    for days in (-2, -1, 1):
        taken(desk, due_at=AT + timedelta(days=days))
    other = desk.add_team("bauamt")
    taken(desk, team_id=other)
    with desk.engine.connect() as connection:
        counts = count_requests(connection, at=AT)
    assert counts == {desk.team: Count(open=3, overdue=2), other: Count(open=1, overdue=0)}
    assert add_up(counts, {desk.team, other, other + 1}) == Count(open=4, overdue=2)
    assert add_up(counts, ()) == Count(open=0, overdue=0)
