"""Figures of the desk, on days whose answers were worked out by hand; and on many, beside plain Python."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from bot.conversations import claims
from bot.conversations.claims import Ending
from bot.conversations.figures import By, Feedback, Figures, Requests, Spread, Wanted, list_keys
from bot.conversations.handoff import Result
from bot.conversations.handoffs import HANDOFF, StoredHandoff, leave_handoff
from bot.conversations.queries import CONVERSATION, FEEDBACK, delete_conversation
from bot.conversations.records import StoredConversation, StoredMessage
from bot.conversations.requests import NewRequest, answer_request, assign_request, release_request, take_request
from bot.conversations.statistics import read_figures, read_total
from tests.conversations.desk import Desk

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 3, 27) + timedelta(days=number) for number in range(4))
LATER = datetime(2026, 3, 30, 18, 0, tzinfo=BERLIN)


def berlin(day: date, clock: str) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M:%S").time(), BERLIN).astimezone(UTC)  # noqa: DTZ007


class Story:
    """What happens at a desk, told in seconds after the wish."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.other = desk.add_team("bauamt")
        self.anna, self.ben, self.cem = (desk.add_caseworker(desk.team, self.other) for _ in range(3))

    def wish(self, at: datetime, *, team: int | None = None) -> StoredHandoff:
        return self.desk.wait(at=at, team_id=team or self.desk.team)

    def deed(self, wish: StoredHandoff, who: int, seconds: int) -> claims.Deed:
        teams = frozenset({self.desk.team, self.other})
        return claims.Deed(staff_id=who, teams=teams, at=wish.requested_at + timedelta(seconds=seconds))

    def claim(self, wish: StoredHandoff, who: int, seconds: int) -> None:
        with self.desk.engine.begin() as connection:
            claims.claim(connection, wish.id, self.deed(wish, who, seconds))

    def release(self, wish: StoredHandoff, who: int, seconds: int) -> None:
        with self.desk.engine.begin() as connection:
            claims.release(connection, wish.id, self.deed(wish, who, seconds))

    def transfer(self, wish: StoredHandoff, who: int, seconds: int) -> None:
        with self.desk.engine.begin() as connection:
            claims.transfer_to_team(connection, wish.id, self.deed(wish, who, seconds), team_id=self.other)

    def leave(self, wish: StoredHandoff, seconds: int) -> None:
        with self.desk.engine.begin() as connection:
            leave_handoff(connection, wish.conversation_id, at=wish.requested_at + timedelta(seconds=seconds))

    def close(
        self, wish: StoredHandoff, who: int, seconds: int, outcome: Result, *, helpful: bool | None = None
    ) -> None:
        deed = self.deed(wish, who, seconds)

        def compose(conversation: StoredConversation) -> StoredMessage:
            number = conversation.last_number + 1
            return StoredMessage(number=number, role="system", language="de", text="Ende", at=deed.at)

        with self.desk.engine.begin() as connection:
            _, message = claims.close(connection, wish.id, deed, ending=Ending(outcome=outcome, compose=compose))
            if helpful is not None:
                said = {"conversation_id": wish.conversation_id, "number": message.number, "helpful": helpful}
                connection.execute(insert(FEEDBACK).values(**said, comment=None, at=deed.at))

    def handled(self, at: datetime, who: int, times: tuple[int, int], outcome: Result, **options: bool) -> None:
        """Taken after so many seconds, and closed so many after that."""
        wish = self.wish(at)
        self.claim(wish, who, times[0])
        self.close(wish, who, sum(times), outcome, **options)

    def read(self, since: date, until: date, *, by: By, team: int | None = None, least: int = 1) -> dict:
        wanted = Wanted(
            teams=frozenset({team or self.desk.team}), since=since, until=until, zone=BERLIN, least_people=least
        )
        with self.desk.engine.connect() as connection:
            return read_figures(connection, wanted, by=by, at=LATER)

    def total(self, since: date, until: date, *, least: int = 1) -> Figures:
        wanted = Wanted(
            teams=frozenset({self.desk.team, self.other}), since=since, until=until, zone=BERLIN, least_people=least
        )
        with self.desk.engine.connect() as connection:
            return read_total(connection, wanted, at=LATER)


@pytest.fixture
def story(desk: Desk) -> Story:
    return Story(desk)


@pytest.fixture
def weekend(story: Story) -> Story:
    """Friday to Monday, with the night in which the clocks go forward from 2:00 to 3:00."""
    story.handled(berlin(FRIDAY, "23:59:30"), story.anna, (30, 600), "solved", helpful=True)
    story.handled(berlin(SATURDAY, "00:00:00"), story.anna, (60, 300), "forwarded")
    # 1:30, taken at 3:15: three quarters of an hour, because there is no 2:00 that night.
    spring = berlin(SUNDAY, "01:30:00")
    story.handled(spring, story.ben, (2_700, 600), "solved", helpful=False)
    assert spring + timedelta(seconds=2_700) == berlin(SUNDAY, "03:15:00")
    story.leave(story.wish(berlin(SUNDAY, "23:59:59")), 45)
    # Given back and taken by somebody else: the first claim counts, and all the time after it.
    given_back = story.wish(berlin(MONDAY, "00:00:00"))
    story.claim(given_back, story.anna, 120)
    story.release(given_back, story.anna, 180)
    story.claim(given_back, story.ben, 600)
    story.close(given_back, story.ben, 720, "unsolved")
    # Given to another team: it counts there.
    given_away = story.wish(berlin(MONDAY, "10:00:00"))
    story.claim(given_away, story.anna, 60)
    story.transfer(given_away, story.anna, 120)
    story.claim(given_away, story.cem, 400)
    story.close(given_away, story.cem, 1_000, "solved")
    # Two are not over, and one was left in the middle.
    story.wish(berlin(MONDAY, "11:00:00"))
    story.claim(story.wish(berlin(MONDAY, "11:05:00")), story.cem, 240)
    left = story.wish(berlin(MONDAY, "12:00:00"))
    story.claim(left, story.cem, 180)
    story.leave(left, 480)
    return story


def spread(count: int, median: int, ninety: int, longest: int) -> Spread:
    return Spread(count=count, median=median, ninety=ninety, longest=longest)


def outcomes(**counts: int) -> dict[str, int]:
    return {"solved": 0, "forwarded": 0, "unsolved": 0, "unanswered": 0, "abuse": 0} | counts


def test_each_day_is_that_of_the_town(weekend: Story) -> None:
    assert weekend.read(FRIDAY, MONDAY, by="day") == {
        FRIDAY: Figures(
            wishes=1,
            waiting=spread(1, 30, 30, 30),
            handling=spread(1, 600, 600, 600),
            ended=1,
            outcomes=outcomes(solved=1),
            people=1,
            feedback=Feedback(helpful=1),
        ),
        SATURDAY: Figures(
            wishes=1,
            waiting=spread(1, 60, 60, 60),
            handling=spread(1, 300, 300, 300),
            ended=1,
            outcomes=outcomes(forwarded=1),
            people=1,
        ),
        SUNDAY: Figures(
            wishes=2,
            waiting=spread(1, 2_700, 2_700, 2_700),
            handling=spread(1, 600, 600, 600),
            ended=1,
            outcomes=outcomes(solved=1),
            unanswered=1,
            people=1,
            feedback=Feedback(not_helpful=1),
        ),
        MONDAY: Figures(
            wishes=4,
            waiting=spread(3, 180, 240, 240),  # 120, 180, 240
            handling=spread(2, 300, 600, 600),
            ended=2,
            outcomes=outcomes(unsolved=1),
            left=1,
            open=2,
            people=2,
        ),
    }


def test_weeks_begin_on_monday(weekend: Story) -> None:
    found = weekend.read(FRIDAY, MONDAY, by="week")
    assert list(found) == [date(2026, 3, 23), MONDAY]
    assert [figures.wishes for figures in found.values()] == [4, 4]
    assert found[date(2026, 3, 23)].waiting == spread(3, 60, 2_700, 2_700)


def test_teams_have_what_they_had_last(weekend: Story) -> None:
    first = weekend.read(FRIDAY, MONDAY, by="team")[weekend.desk.team]
    assert first.wishes == 8
    assert first.waiting == spread(6, 120, 2_700, 2_700)  # 30, 60, 120, 180, 240, 2,700
    assert first.handling == spread(5, 600, 600, 600)  # 300, 300, 600, 600, 600
    assert (first.ended, first.left, first.unanswered, first.open, first.people) == (5, 1, 1, 2, 3)
    assert first.outcomes == outcomes(solved=2, forwarded=1, unsolved=1)
    other = weekend.read(FRIDAY, MONDAY, by="team", team=weekend.other)[weekend.other]
    assert (other.wishes, other.waiting, other.handling) == (1, spread(1, 60, 60, 60), spread(1, 940, 940, 940))
    total = weekend.total(FRIDAY, MONDAY)
    assert (total.wishes, total.ended) == (9, 6)
    assert total.waiting == spread(7, 120, 2_700, 2_700)  # 30, 60, 60, 120, 180, 240, 2,700


def test_range_includes_both_ends_and_nothing_else(weekend: Story) -> None:
    assert weekend.total(SATURDAY, SUNDAY).wishes == 3
    assert weekend.total(SUNDAY, SUNDAY).wishes == 2
    assert weekend.total(date(2026, 3, 1), date(2026, 3, 26)) == Figures()


def test_how_somebody_works_is_not_told(weekend: Story) -> None:
    days = weekend.read(FRIDAY, MONDAY, by="day", least=3)
    assert all(
        (figures.handling, figures.feedback, figures.hides_people) == (None, None, True) for figures in days.values()
    )
    assert days[MONDAY].waiting == spread(3, 180, 240, 240)
    assert days[MONDAY].outcomes == outcomes(unsolved=1)
    total = weekend.total(FRIDAY, MONDAY, least=3)
    assert (total.people, total.hides_people) == (3, False)
    assert total.feedback == Feedback(helpful=1, not_helpful=1)
    assert not weekend.total(date(2026, 3, 1), date(2026, 3, 26), least=3).hides_people  # there is nothing to hide


def test_night_with_the_hour_that_comes_twice(story: Story) -> None:
    saturday, sunday, monday = date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)
    story.wish(datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC))  # 23:59:59
    story.wish(datetime(2026, 10, 24, 22, 0, tzinfo=UTC))  # 0:00
    # 2:30, taken at 2:30 when it comes again: an hour.
    story.handled(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), story.anna, (3_600, 60), "solved")
    story.wish(datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC))  # 23:59:59, two hours more than on the day before
    story.wish(datetime(2026, 10, 25, 23, 0, tzinfo=UTC))
    found = story.read(saturday, monday, by="day")
    assert {day: figures.wishes for day, figures in found.items()} == {saturday: 1, sunday: 3, monday: 1}
    assert found[sunday].waiting == spread(1, 3_600, 3_600, 3_600)


def test_requests_are_answered_in_time_late_or_not(story: Story) -> None:
    noon = berlin(MONDAY, "12:00:00")
    hour = timedelta(hours=1)

    def take(*, at: datetime, due_at: datetime) -> int:
        conversation = story.desk.begin()
        new = NewRequest(
            conversation_id=conversation.id,
            team_id=story.desk.team,
            reason="wish",
            language="de",
            service_id=None,
            shown_from=1,
            what="Bitte rufen Sie an",
            reach="Telefon",
            email="",
            due_at=due_at,
            at=at,
        )
        with story.desk.engine.begin() as connection:
            return take_request(connection, new)[0].id

    def answer(request: int, at: datetime) -> None:
        deed = claims.Deed(staff_id=story.anna, teams=frozenset({story.desk.team}), at=at)
        with story.desk.engine.begin() as connection:
            assign_request(connection, request, deed)
            answer_request(connection, request, deed, answer="Gern")

    answer(take(at=noon, due_at=noon + hour), noon + hour)  # to the second
    answer(take(at=noon, due_at=noon + hour), noon + hour + timedelta(seconds=1))
    take(at=noon, due_at=LATER - timedelta(seconds=1))
    take(at=noon, due_at=LATER)
    take(at=berlin(SUNDAY, "23:59:59"), due_at=LATER)
    moved = take(at=noon, due_at=LATER)
    with story.desk.engine.begin() as connection:
        deed = claims.Deed(staff_id=story.anna, teams=frozenset({story.desk.team}), at=noon)
        assign_request(connection, moved, deed)
        release_request(connection, moved, deed, team_id=story.other)
    days = story.read(SUNDAY, MONDAY, by="day")
    assert days[MONDAY].requests == Requests(taken=4, in_time=1, late=1, overdue=1, open=1)
    assert days[SUNDAY].requests == Requests(taken=1, open=1)
    assert story.read(MONDAY, MONDAY, by="team", team=story.other)[story.other].requests == Requests(taken=1, open=1)


def test_what_is_erased_counts_no_more(weekend: Story) -> None:
    wish = weekend.wish(berlin(FRIDAY, "12:00:00"))
    assert weekend.total(FRIDAY, FRIDAY).wishes == 2
    with weekend.desk.engine.begin() as connection:
        delete_conversation(connection, wish.conversation_id)
    assert weekend.total(FRIDAY, FRIDAY).wishes == 1


def test_clock_that_was_set_back_makes_nothing_negative(story: Story) -> None:
    story.handled(berlin(MONDAY, "12:00:00"), story.anna, (-30, -30), "solved")
    total = story.total(MONDAY, MONDAY)
    assert (total.waiting, total.handling) == (spread(1, 0, 0, 0), spread(1, 0, 0, 0))


def test_there_is_a_row_for_what_had_nothing(story: Story) -> None:
    newyear = Wanted(teams=frozenset({2, 1}), since=date(2026, 12, 31), until=date(2027, 1, 4), zone=BERLIN)
    assert list_keys(newyear, by="team") == [1, 2]
    assert list_keys(newyear, by="week") == [date(2026, 12, 28), date(2027, 1, 4)]
    assert list_keys(newyear, by="day") == [date(2026, 12, 31) + timedelta(days=number) for number in range(5)]
    found = story.read(date(2026, 12, 31), date(2027, 1, 4), by="week")
    assert list(found.values()) == [Figures(), Figures()]


@pytest.mark.parametrize("by", ["day", "week"])
def test_many_are_counted_as_plain_python_does(story: Story, by: By) -> None:
    """Two years with four changes of the clock."""
    dice = random.Random(7)
    begin, span = datetime(2025, 1, 15, tzinfo=UTC), 730 * 86_400
    expected: dict[date, list[int]] = defaultdict(list)
    conversations, rows = [], []
    for number in range(3_000):
        at = begin + timedelta(seconds=dice.randrange(span), microseconds=dice.randrange(1_000_000))
        wait = dice.randrange(5_000)
        claimed_at = (at + timedelta(seconds=wait)).replace(microsecond=dice.randrange(1_000_000))
        day = at.astimezone(BERLIN).date()
        key = day if by == "day" else day - timedelta(days=day.weekday())
        expected[key].append(int(claimed_at.timestamp()) - int(at.timestamp()))
        conversations.append(
            {"id": f"{number:022d}", "token_hash": "0" * 64, "language": "de", "created_at": at, "last_at": at}
        )
        rows.append(
            {
                "conversation_id": f"{number:022d}",
                "team_id": story.desk.team,
                "state": "active",
                "reason": "wish",
                "urgent": False,
                "language": "de",
                "shown_from": 1,
                "requested_at": at,
                "claimed_at": claimed_at,
                "version": 0,
            }
        )
    defaults = {"language_pinned": False, "mode": "human", "version": 0, "last_number": 0}
    with story.desk.engine.begin() as connection:
        connection.execute(insert(CONVERSATION), [defaults | row for row in conversations])
        connection.execute(insert(HANDOFF), rows)
    found = story.read(date(2025, 1, 1), date(2027, 2, 1), by=by)
    for key, figures in found.items():
        values = sorted(expected.pop(key, []))
        places = [ceil(len(values) * share) - 1 for share in (0.5, 0.9)]
        right = spread(len(values), *(values[place] for place in places), values[-1]) if values else None
        assert (figures.wishes, figures.waiting) == (len(values), right), key
    assert not expected
