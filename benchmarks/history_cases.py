"""Which views of the history are measured: each is drawn anew for every time it is opened."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from benchmarks.made_up_history import BETWEEN, FIRST, FREQUENT, RARE, Past
from bot.conversations.history import HistoryFilter


@dataclass(frozen=True, kw_only=True)
class View:
    """A page of the history: the filter, and the id that leads to the page."""

    wanted: HistoryFilter
    sides: Mapping[str, int] = field(default_factory=dict)


Draw = Callable[[random.Random], View]


def make_cases(past: Past, handoffs: int) -> dict[str, Draw]:
    """Views by name; somebody in all teams sees most, and so has the hardest ones."""
    everything = HistoryFilter(teams=frozenset(past.teams))
    small = frozenset({past.teams[-1]})
    often, seldom = past.words[:40], past.words[400:1_000]

    def all_with(**conditions: object) -> View:
        return View(wanted=replace(everything, **conditions))  # type: ignore[arg-type]

    def week(chance: random.Random) -> dict[str, object]:
        since = FIRST + chance.random() * max(handoffs * BETWEEN - timedelta(days=7), timedelta())
        return {"since": since, "until": since + timedelta(days=7)}

    def deep(chance: random.Random) -> int:
        return chance.randrange(handoffs // 100 + 51, handoffs // 5 + 52)

    return {
        "First page": lambda _: all_with(),
        "First page, one small team": lambda _: all_with(teams=small),
        "Deep page": lambda chance: View(wanted=everything, sides={"before": deep(chance)}),
        "Deep page, back": lambda chance: View(wanted=everything, sides={"after": deep(chance)}),
        "A week": lambda chance: all_with(**week(chance)),
        "One team": lambda chance: all_with(teams=frozenset({chance.choice(past.teams)})),
        "Outcome, frequent": lambda _: all_with(outcome="solved"),
        "Outcome, rare": lambda _: all_with(outcome="abuse"),
        "Service": lambda chance: all_with(services=frozenset({chance.choice(past.services)})),
        "Twenty services of one name": lambda chance: all_with(services=frozenset(chance.sample(past.services, 20))),
        "Language": lambda _: all_with(language="en"),
        "Caseworker": lambda chance: all_with(assignee_id=chance.choice(past.people)),
        "Feedback: helped": lambda _: all_with(helpful=True),
        "Feedback: did not help": lambda _: all_with(helpful=False),
        "Words, in every second": lambda _: all_with(words=FREQUENT),
        "Words, frequent": lambda chance: all_with(words=chance.choice(often)),
        "Words, seldom": lambda chance: all_with(words=chance.choice(seldom)),
        "Words, in ten": lambda _: all_with(words=RARE),
        "Words, in none": lambda _: all_with(words="qqqq"),
        "Three frequent words": lambda chance: all_with(words=" ".join(chance.sample(often, 3))),
        "Words, frequent, deep page": lambda chance: View(
            wanted=replace(everything, words=FREQUENT), sides={"before": deep(chance)}
        ),
        "Words and a week": lambda chance: all_with(words=FREQUENT, **week(chance)),
        "Words and service": lambda chance: all_with(
            words=FREQUENT, services=frozenset({chance.choice(past.services)})
        ),
        "Words, feedback, language, small team": lambda _: all_with(
            words=FREQUENT, helpful=False, language="en", teams=small
        ),
        "Service, caseworker, feedback": lambda chance: all_with(
            services=frozenset({chance.choice(past.services)}), assignee_id=chance.choice(past.people), helpful=False
        ),
        "All fields": lambda chance: all_with(
            words=chance.choice(often),
            outcome="solved",
            services=frozenset({past.services[0]}),
            language="de",
            assignee_id=past.people[0],
            helpful=True,
            teams=frozenset({past.teams[0]}),
            **week(chance),
        ),
    }
