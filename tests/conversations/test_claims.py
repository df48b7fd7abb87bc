from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from bot.conversations import claims, queries
from bot.conversations.claims import Deed, Ending
from bot.conversations.handoffs import (
    StoredHandoff,
    leave_handoff,
    list_active,
    list_events,
    list_queue,
    read_handoff,
)
from bot.conversations.presence import end_presence, report_presence
from bot.conversations.records import Progress, StoredConversation, StoredMessage
from bot.database import open_engine
from bot.errors import (
    ColleagueAbsentError,
    ConversationError,
    HandoffOverError,
    HandoffTakenError,
    NotFoundError,
)
from tests.conversations.desk import AT, Desk

RIVALS = 50


def says(text: str, *, staff_id: int | None = None, key: str | None = None) -> claims.Compose:
    def compose(conversation: StoredConversation) -> StoredMessage:
        return StoredMessage(
            number=conversation.last_number + 1,
            role="caseworker" if staff_id else "system",
            language=conversation.language,
            text=text,
            at=AT,
            key=key,
            staff_id=staff_id,
        )

    return compose


def claimed(desk: Desk, staff_id: int, *texts: str) -> StoredHandoff:
    handoff = desk.wait(*texts)
    with desk.engine.begin() as connection:
        return claims.claim(connection, handoff.id, desk.deed(staff_id))


def kinds(desk: Desk, handoff: StoredHandoff) -> list[str]:
    with desk.engine.connect() as connection:
        return [event.kind for event in list_events(connection, handoff.id)]


def test_claim_gives_the_conversation_to_the_caseworker(desk: Desk) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    assert (handoff.state, handoff.assignee_id) == ("active", anna)
    assert handoff.claimed_at == handoff.worked_at == AT + timedelta(minutes=1)
    assert desk.read(handoff.conversation_id).mode == "human"
    with desk.engine.connect() as connection:
        assert list_queue(connection, desk.team) == ()
        assert list_active(connection, desk.team) == (handoff,)


def test_of_fifty_simultaneous_claims_one_wins_and_the_others_learn_who(desk: Desk, database_url: str) -> None:
    people = [desk.add_caseworker() for _ in range(RIVALS)]
    handoff = desk.wait()
    engine = open_engine(database_url)
    barrier = Barrier(RIVALS)

    def rush(staff_id: int) -> int | None:
        """Who has it, as this caseworker is told."""
        barrier.wait()
        try:
            with engine.begin() as connection:
                return claims.claim(connection, handoff.id, desk.deed(staff_id)).assignee_id
        except HandoffTakenError as taken:
            return taken.assignee_id

    with ThreadPoolExecutor(RIVALS) as pool:
        told = list(pool.map(rush, people))
    engine.dispose()
    [winner] = set(told)
    assert winner in people
    assert sum(told_who == person for told_who, person in zip(told, people, strict=True)) == 1
    assert kinds(desk, handoff) == ["claim"]
    assert desk.read(handoff.conversation_id).mode == "human"


def test_fifty_caseworkers_who_take_what_is_next_never_share_a_conversation(desk: Desk, database_url: str) -> None:
    people = [desk.add_caseworker() for _ in range(RIVALS)]
    waiting = [desk.wait().id for _ in range(10)]
    engine = open_engine(database_url)
    barrier = Barrier(RIVALS)

    def work(staff_id: int) -> list[int]:
        barrier.wait()
        got = []
        for handoff_id in waiting:
            try:
                with engine.begin() as connection:
                    claims.claim(connection, handoff_id, desk.deed(staff_id))
                got.append(handoff_id)
            except HandoffTakenError:
                continue
        return got

    with ThreadPoolExecutor(RIVALS) as pool:
        taken = Counter(handoff_id for got in pool.map(work, people) for handoff_id in got)
    engine.dispose()
    assert taken == Counter(waiting)


def test_claiming_twice_by_a_double_click_is_claiming_once(desk: Desk) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        assert claims.claim(connection, handoff.id, desk.deed(anna, minutes=2)) == handoff
    assert kinds(desk, handoff) == ["claim"]


def test_claim_while_the_citizen_leaves_has_one_winner(desk: Desk, database_url: str) -> None:
    anna = desk.add_caseworker()
    engine = open_engine(database_url)
    for _ in range(10):
        handoff = desk.wait()
        barrier = Barrier(2)

        def take(handoff: StoredHandoff = handoff, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            try:
                with engine.begin() as connection:
                    claims.claim(connection, handoff.id, desk.deed(anna))
            except HandoffOverError:
                return False
            return True

        def leave(handoff: StoredHandoff = handoff, barrier: Barrier = barrier) -> None:
            barrier.wait()
            with engine.begin() as connection:
                leave_handoff(connection, handoff.conversation_id, at=AT)

        with ThreadPoolExecutor(2) as pool:
            taking, leaving = pool.submit(take), pool.submit(leave)
            leaving.result()
            was_taken = taking.result()
        assert desk.read(handoff.conversation_id).mode == "bot"  # leaving ends both states
        assert kinds(desk, handoff) == (["claim", "leave"] if was_taken else ["leave"])
    engine.dispose()


def refusals(desk: Desk, handoff: StoredHandoff, deed: Deed) -> dict[str, Callable[[], object]]:
    """Everything only the assignee may do."""
    other_team = desk.add_team("andere")
    with_note = says("Hallo", staff_id=deed.staff_id)

    def run(do: Callable[..., object], **options: object) -> Callable[[], object]:
        def act() -> object:
            with desk.engine.begin() as connection:
                return do(connection, handoff.id, deed, **options)

        return act

    return {
        "release": run(claims.release),
        "team": run(claims.transfer_to_team, team_id=other_team),
        "colleague": run(claims.transfer_to_colleague, colleague_id=deed.staff_id, seen_since=AT),
        "close": run(claims.close, ending=Ending(outcome="solved", compose=says("Auf Wiedersehen"))),
        "write": run(claims.write, compose=with_note),
    }


@pytest.mark.parametrize("name", ["release", "team", "colleague", "close", "write"])
def test_only_the_assignee_may(desk: Desk, name: str) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    handoff = claimed(desk, anna)
    with pytest.raises(HandoffTakenError) as refused:
        refusals(desk, handoff, desk.deed(ben))[name]()
    assert refused.value.assignee_id == anna
    with desk.engine.connect() as connection:
        assert read_handoff(connection, handoff.id) == handoff
    assert kinds(desk, handoff) == ["claim"]
    assert desk.read(handoff.conversation_id).last_number == 1


@pytest.mark.parametrize("name", ["release", "team", "colleague", "close", "write"])
def test_nobody_may_after_the_end(desk: Desk, name: str) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        leave_handoff(connection, handoff.conversation_id, at=AT)
    with pytest.raises(HandoffOverError):
        refusals(desk, handoff, desk.deed(anna))[name]()


@pytest.mark.parametrize("name", ["release", "team", "colleague", "close", "write"])
def test_handoff_of_another_team_is_not_found(desk: Desk, name: str) -> None:
    anna, stranger = desk.add_caseworker(), desk.add_caseworker()
    handoff = claimed(desk, anna)
    deed = desk.deed(stranger, teams=frozenset({desk.add_team("fremde")}), is_lead=True)
    with pytest.raises(NotFoundError):
        refusals(desk, handoff, deed)[name]()
    with pytest.raises(NotFoundError), desk.engine.begin() as connection:
        claims.claim(connection, desk.wait().id, deed)
    with pytest.raises(NotFoundError), desk.engine.begin() as connection:
        claims.add_note(connection, handoff.id, deed)


def test_released_handoff_has_its_old_place_in_the_queue(desk: Desk) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    later = desk.wait(at=AT + timedelta(minutes=5))
    with desk.engine.begin() as connection:
        released = claims.release(connection, handoff.id, desk.deed(anna, minutes=10, note="Feierabend"))
        assert [waiting.id for waiting in list_queue(connection, desk.team)] == [handoff.id, later.id]
        assert list_events(connection, handoff.id)[-1].note == "Feierabend"
        again = claims.claim(connection, handoff.id, desk.deed(anna, minutes=20))
    assert (released.state, released.assignee_id) == ("waiting", None)
    assert again.claimed_at == handoff.claimed_at  # the wait ended with the first claim


def test_transfer_to_a_team_puts_it_into_that_queue_with_a_note(desk: Desk) -> None:
    anna, building = desk.add_caseworker(), desk.add_team("bauamt")
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        deed = desk.deed(anna, note="Es geht um eine Garage")
        moved = claims.transfer_to_team(connection, handoff.id, deed, team_id=building)
        assert list_queue(connection, building) == (moved,)
        event = list_events(connection, handoff.id)[-1]
    assert (event.kind, event.note, event.to_team_id) == ("transfer_team", "Es geht um eine Garage", building)
    assert desk.read(handoff.conversation_id).mode == "waiting"


def test_transfer_to_a_colleague_who_is_there(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        moved = claims.transfer_to_colleague(
            connection, handoff.id, desk.deed(anna, note="Du kennst das"), colleague_id=ben, seen_since=AT
        )
    assert (moved.state, moved.assignee_id) == ("active", ben)
    assert desk.read(handoff.conversation_id).mode == "human"
    with pytest.raises(HandoffTakenError), desk.engine.begin() as connection:
        claims.write(connection, handoff.id, desk.deed(anna), compose=says("Noch etwas", staff_id=anna))


def test_transfer_to_a_colleague_who_is_absent_or_of_another_team_is_refused(desk: Desk) -> None:
    anna, gone = desk.add_caseworker(), desk.add_caseworker(seen_at=AT - timedelta(minutes=5))
    stranger = desk.add_caseworker(desk.add_team("bauamt"))
    handoff = claimed(desk, anna)
    for colleague in (gone, stranger, 9_999):
        with pytest.raises(ColleagueAbsentError), desk.engine.begin() as connection:
            claims.transfer_to_colleague(connection, handoff.id, desk.deed(anna), colleague_id=colleague, seen_since=AT)
    with desk.engine.connect() as connection:
        assert read_handoff(connection, handoff.id) == handoff


def test_absent_colleague_is_taken_over_from_and_one_who_is_there_is_not(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    handoff = claimed(desk, anna)
    deed = desk.deed(ben, minutes=20)

    def take_over() -> StoredHandoff:
        with desk.engine.begin() as connection:
            return claims.take_over(connection, handoff.id, deed, absent_since=AT + timedelta(minutes=10))

    with desk.engine.begin() as connection:
        report_presence(connection, anna, status="away", at=AT + timedelta(minutes=11))
    with pytest.raises(HandoffTakenError) as refused:
        take_over()
    assert refused.value.assignee_id == anna
    with desk.engine.begin() as connection:
        end_presence(connection, anna)
    assert take_over().assignee_id == ben
    with desk.engine.connect() as connection:
        event = list_events(connection, handoff.id)[-1]
    assert (event.kind, event.staff_id, event.to_staff_id) == ("takeover", ben, anna)
    with pytest.raises(HandoffTakenError), desk.engine.begin() as connection:
        claims.write(connection, handoff.id, desk.deed(anna), compose=says("Ich bin zurück", staff_id=anna))


def test_colleague_who_wrote_a_moment_ago_is_not_taken_over_from(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(seen_at=None), desk.add_caseworker()
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        claims.write(connection, handoff.id, desk.deed(anna, minutes=15), compose=says("Moment", staff_id=anna))
    with pytest.raises(HandoffTakenError), desk.engine.begin() as connection:
        claims.take_over(connection, handoff.id, desk.deed(ben, minutes=20), absent_since=AT + timedelta(minutes=10))


def test_of_many_who_take_over_one_wins(desk: Desk, database_url: str) -> None:
    anna, *others = (desk.add_caseworker() for _ in range(11))
    handoff = claimed(desk, anna)
    engine = open_engine(database_url)
    barrier = Barrier(len(others))

    def rush(staff_id: int) -> bool:
        barrier.wait()
        try:
            with engine.begin() as connection:
                claims.take_over(
                    connection, handoff.id, desk.deed(staff_id, minutes=30), absent_since=AT + timedelta(minutes=20)
                )
        except HandoffTakenError:
            return False
        return True

    with ThreadPoolExecutor(len(others)) as pool:
        assert sum(pool.map(rush, others)) == 1
    engine.dispose()


def test_message_is_stored_with_its_author_and_a_repeated_one_once(desk: Desk) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    for _ in range(2):
        with desk.engine.begin() as connection:
            written = claims.write(
                connection, handoff.id, desk.deed(anna), compose=says("Guten Tag", staff_id=anna, key="k1")
            )
    with desk.engine.connect() as connection:
        messages = queries.list_messages(connection, handoff.conversation_id)
    assert [message.text for message in messages] == ["Ich brauche Hilfe", "Guten Tag"]
    assert messages[1] == written
    assert (messages[1].role, messages[1].staff_id) == ("caseworker", anna)


def test_lead_may_write_and_that_is_recorded(desk: Desk) -> None:
    anna, lead = desk.add_caseworker(), desk.add_caseworker()
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        claims.write(
            connection, handoff.id, desk.deed(lead, is_lead=True), compose=says("Ich helfe mit", staff_id=lead)
        )
        assert read_handoff(connection, handoff.id).assignee_id == anna
    assert kinds(desk, handoff) == ["claim", "lead_wrote"]


def test_caseworker_and_citizen_who_write_at_once_are_both_kept_in_order(desk: Desk, database_url: str) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    engine = open_engine(database_url)
    barrier = Barrier(2)

    def caseworker() -> None:
        barrier.wait()
        for number in range(10):
            with engine.begin() as connection:
                claims.write(connection, handoff.id, desk.deed(anna), compose=says(f"A{number}", staff_id=anna))

    def citizen() -> None:
        barrier.wait()
        for number in range(10):
            while True:
                try:
                    with engine.begin() as connection:
                        conversation = queries.find_conversation(connection, handoff.conversation_id)
                        assert conversation is not None
                        queries.add_message(connection, conversation, says(f"C{number}")(conversation))
                    break
                except ConversationError:
                    continue

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(caseworker), pool.submit(citizen)):
            done.result()
    engine.dispose()
    with desk.engine.connect() as connection:
        messages = queries.list_messages(connection, handoff.conversation_id)
    assert [message.number for message in messages] == list(range(1, 22))
    for who in "AC":
        texts = [message.text for message in messages if message.text.startswith(who)]
        assert texts == [f"{who}{number}" for number in range(10)]


def test_end_gives_the_conversation_back_with_a_message_and_what_the_bot_should_know(desk: Desk) -> None:
    anna = desk.add_caseworker()
    handoff = claimed(desk, anna)
    ending = Ending(
        outcome="solved",
        compose=says("War das hilfreich?"),
        learn=lambda _: Progress(state='{"service": "reisepass"}'),
        service_id="reisepass",
    )
    with desk.engine.begin() as connection:
        closed, message = claims.close(connection, handoff.id, desk.deed(anna, minutes=9), ending=ending)
    assert (closed.state, closed.outcome, closed.service_id) == ("closed", "solved", "reisepass")
    assert (closed.closed_at, closed.closing_number) == (AT + timedelta(minutes=9), message.number)
    conversation = desk.read(handoff.conversation_id)
    assert (conversation.mode, conversation.state) == ("bot", '{"service": "reisepass"}')


def test_note_is_for_colleagues_and_no_message(desk: Desk) -> None:
    anna, ben = desk.add_caseworker(), desk.add_caseworker()
    handoff = claimed(desk, anna)
    with desk.engine.begin() as connection:
        claims.add_note(connection, handoff.id, desk.deed(ben, note="Hat schon angerufen"))
        event = list_events(connection, handoff.id)[-1]
    assert (event.kind, event.staff_id, event.note) == ("note", ben, "Hat schon angerufen")
    assert desk.read(handoff.conversation_id).last_number == 1
