"""A made-up past of the desk, of any size: ended handoffs of several teams with what was said in them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Engine, insert

from bot.catalogue.thesaurus import read_thesaurus
from bot.conversations.handoffs import HANDOFF
from bot.conversations.history import index_handoff
from bot.conversations.queries import CONVERSATION, FEEDBACK, MESSAGE
from bot.staff.people import NewStaff, add_staff
from bot.staff.teams import add_team, set_teams

SEED = 17
FIRST = datetime(2024, 11, 1, tzinfo=UTC)
BETWEEN = timedelta(minutes=10)  # two handoffs
TEAMS = (50, 25, 12, 8, 5)  # how many of a hundred handoffs each has
PEOPLE = 40
SERVICES = 300
WORDS = 11  # of a message
AT_ONCE = 1_000  # handoffs in one transaction
RATE = {"solved": 600, "forwarded": 200, "unsolved": 130, "unanswered": 68, "abuse": 2}
FREQUENT, RARE = "Bürgerbüro", "Rumpelstilzchen"  # said in every second handoff, and in one of 10,000
RARE_EVERY = 10_000

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was made: ids to filter by. The first team has half of all; the last person and service hardly any."""

    teams: tuple[int, ...]
    people: tuple[int, ...]
    services: tuple[str, ...]
    words: tuple[str, ...]  # the most frequent ones first


def make_past(engine: Engine, handoffs: int, *, messages: int = 10) -> Past:
    """Fill a migrated, empty database; the same each time. `messages` are those of each handoff."""
    past = _add_people(engine)
    rows = _handoffs(past, random.Random(SEED), messages=messages)
    for first in range(0, handoffs, AT_ONCE):
        _add(engine, [next(rows) for _ in range(min(AT_ONCE, handoffs - first))])
    return past


def _add_people(engine: Engine) -> Past:
    sentences = (sentence for concept in read_thesaurus() for sentence in concept.de.sentences)
    words = sorted({word.strip("?!.,") for sentence in sentences for word in sentence.split()})
    random.Random(SEED).shuffle(words)
    with engine.begin() as connection:
        teams = tuple(add_team(connection, f"team-{number}", names={"de": f"Team {number}"}) for number in range(5))
        people = []
        for number in range(PEOPLE):
            new = NewStaff(name=f"person-{number}", roles=["caseworker"])
            people.append(add_staff(connection, new, at=FIRST))
            set_teams(connection, people[-1], [teams[number % len(teams)]])
    services = tuple(f"service-{number}" for number in range(SERVICES))
    return Past(teams=teams, people=tuple(people), services=services, words=tuple(words))


def _handoffs(past: Past, chance: random.Random, *, messages: int) -> Iterator[dict[str, list[Row]]]:
    """Rows by table, handoff by handoff."""
    people, services, words = _falling(past.people), _falling(past.services), _falling(past.words)
    number = 0
    while True:
        number += 1
        at = FIRST + number * BETWEEN
        conversation = f"{chance.getrandbits(128):022d}"[:22]
        language = chance.choices(("de", "en"), (85, 15))[0]
        team = chance.choices(past.teams, TEAMS)[0]
        left = chance.random() < 0.05
        handoff: Row = {
            "id": number,
            "conversation_id": conversation,
            "team_id": team,
            "state": "left" if left else "closed",
            "reason": chance.choice(("wish", "failed_twice", "button")),
            "urgent": False,
            "language": language,
            "service_id": services(chance) if chance.random() < 0.8 else None,
            "shown_from": 1,
            "requested_at": at,
            "claimed_at": None if left else at + timedelta(seconds=chance.randrange(20, 900)),
            "closed_at": at + timedelta(seconds=chance.randrange(900, 3_000)),
            "assignee_id": None if left else people(chance),
            "worked_at": None,
            "outcome": None if left else chance.choices(list(RATE), list(RATE.values()))[0],
            "closing_number": None if left else messages,
            "version": 3,
        }
        said = []
        for place in range(1, messages + 1):
            text = " ".join(words(chance) for _ in range(WORDS))
            if place == 1:
                text += f" {FREQUENT}" * (chance.random() < 0.5) + f" {RARE}" * (number % RARE_EVERY == 7)
            said.append(_message(conversation, place, text, language=language, at=at + timedelta(seconds=place)))
        rated = not left and chance.random() < 0.3
        yield {
            "conversation": [_conversation(handoff, messages)],
            "handoff": [handoff],
            "message": said,
            "feedback": [_feedback(handoff, helpful=chance.random() < 0.85)] if rated else [],
        }


def _conversation(handoff: Row, messages: int) -> Row:
    return {
        "id": handoff["conversation_id"],
        "token_hash": "0" * 64,
        "language": handoff["language"],
        "language_pinned": False,
        "mode": "bot",
        "version": messages,
        "last_number": messages,
        "created_at": handoff["requested_at"],
        "last_at": handoff["closed_at"],
    }


def _message(conversation: str, number: int, text: str, *, language: str, at: datetime) -> Row:
    answers = number == 2
    understanding = {"intent": "ask_fees", "confidence": 0.91, "language": language, "entities": {}}
    return {
        "conversation_id": conversation,
        "number": number,
        "role": "bot" if answers else ("citizen", "caseworker")[(number + 1) % 2],
        "language": language,
        "outcome": "service" if answers else None,
        "text": text,
        "at": at,
        "understanding": understanding if answers else None,
    }


def _feedback(handoff: Row, *, helpful: bool) -> Row:
    return {
        "conversation_id": handoff["conversation_id"],
        "number": handoff["closing_number"],
        "helpful": helpful,
        "at": handoff["closed_at"],
    }


def _falling(values: Sequence[Any]) -> Any:
    """Draws one of the values, the n-th in proportion to 1/n, as words and wishes are spread (Zipf)."""
    weights = list(accumulate(1 / place for place in range(1, len(values) + 1)))
    return lambda chance: chance.choices(values, cum_weights=weights)[0]


def _add(engine: Engine, handoffs: Sequence[dict[str, list[Row]]]) -> None:
    tables = {"conversation": CONVERSATION, "handoff": HANDOFF, "message": MESSAGE, "feedback": FEEDBACK}
    with engine.begin() as connection:
        for name, table in tables.items():
            rows = [row for handoff in handoffs for row in handoff[name]]
            if rows:
                connection.execute(insert(table), rows)
        for handoff in handoffs:
            index_handoff(connection, handoff["handoff"][0]["id"])
