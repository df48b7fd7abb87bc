"""What is measured, what is expected of it, and the arithmetic in between. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

Figures = Mapping[str, float]  # measure → value in the measure's unit; what was not measured is missing


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One line of the table. `limit` is for ours divided by stock's: at most, or at least where more is better."""

    name: str
    title: str
    unit: Literal["ms", "/s", "s", "MB"]
    limit: float | None = None
    more_is_better: bool = False


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Something expected of our own figures alone: `name`, divided by `by` where that is given, is at most `limit`."""

    title: str
    name: str
    limit: float
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A measure with its two values, their ratio and whether that is what was expected; None where unknown."""

    measure: Measure
    ours: float | None
    stock: float | None
    ratio: float | None
    is_met: bool | None


@dataclass(frozen=True, kw_only=True)
class Reached:
    """An aim with what was measured for it."""

    aim: Aim
    value: float
    is_met: bool


MEASURES = (
    Measure(name="turn_1_p50", title="Reply at turn 1, p50", unit="ms", limit=1 / 3),
    Measure(name="turn_1_p95", title="Reply at turn 1, p95", unit="ms"),
    Measure(name="turn_60_p50", title="Reply at turn 60, p50", unit="ms", limit=1 / 8),
    Measure(name="turn_60_p95", title="Reply at turn 60, p95", unit="ms"),
    Measure(name="cpu_turn_1", title="CPU time of all processes per reply, turn 1", unit="ms"),
    Measure(name="cpu_turn_60", title="CPU time of all processes per reply, turns 1 to 62", unit="ms"),
    Measure(name="throughput", title="Replies, 8 parallel citizens", unit="/s", limit=6, more_is_better=True),
    Measure(name="parallel_p50", title="Reply, 8 parallel citizens, p50", unit="ms"),
    Measure(name="parallel_p95", title="Reply, 8 parallel citizens, p95", unit="ms"),
    Measure(name="start", title="Start to first reply", unit="s", limit=1 / 4),
    Measure(name="memory_all", title="Memory of all processes", unit="MB"),
    Measure(name="memory_worker", title="Memory of the worker, of `rasa run`", unit="MB", limit=0.6),
    Measure(name="training", title="Training", unit="s", limit=1 / 4),
    Measure(name="search_300_p50", title="Search of 300 services in process, p50", unit="ms"),
    Measure(name="search_300_p95", title="Search of 300 services in process, p95", unit="ms"),
    Measure(name="search_300_build", title="Index of 300 services built", unit="s"),
    Measure(name="search_300_memory", title="Memory of the process, 300 services", unit="MB"),
    Measure(name="search_10000_p50", title="Search of 10,000 services in process, p50", unit="ms"),
    Measure(name="search_10000_p95", title="Search of 10,000 services in process, p95", unit="ms"),
    Measure(name="search_10000_build", title="Index of 10,000 services built", unit="s"),
    Measure(name="search_10000_memory", title="Memory of the process, 10,000 services", unit="MB"),
)

AIMS = (
    Aim(title="Reply at turn 1, p50, through REST with commit", name="turn_1_p50", limit=20),
    Aim(title="Reply to one of 8 parallel citizens, p95 in ms", name="parallel_p95", limit=60),
    Aim(title="Turn 60 against turn 1, p50", name="turn_60_p50", by="turn_1_p50", limit=1.5),
    Aim(title="Search of 300 services, p95 in ms", name="search_300_p95", limit=10),
    Aim(title="Search of 10,000 services, p95 in ms", name="search_10000_p95", limit=25),
)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, interpolated: of 1, 2, 3, 4 the half is 2.5.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below, above = ordered[floor(place)], ordered[ceil(place)]
    return below + (above - below) * (place - floor(place))


def compare(ours: Figures, stock: Figures) -> list[Row]:
    """The measures of which at least one side is known."""
    return [
        _row(measure, ours.get(measure.name), stock.get(measure.name))
        for measure in MEASURES
        if measure.name in ours or measure.name in stock
    ]


def check_aims(ours: Figures) -> list[Reached]:
    """The aims whose figures are known."""
    reached = []
    for aim in AIMS:
        if aim.name not in ours or (aim.by is not None and aim.by not in ours):
            continue
        value = ours[aim.name] / (ours[aim.by] if aim.by else 1)
        reached.append(Reached(aim=aim, value=value, is_met=value <= aim.limit))
    return reached


def extrapolate(seconds: float, *, loop_seconds: float, epochs: int, to_epochs: int) -> float:
    """Seconds a training of `to_epochs` takes, from one of `epochs` that took `loop_seconds` of its `seconds` in them.

    60 s, of which 40 s in 2 epochs, are 20 s + 100 · 20 s = 2,020 s for 100 epochs.
    """
    return seconds - loop_seconds + loop_seconds / epochs * to_epochs


def _row(measure: Measure, ours: float | None, stock: float | None) -> Row:
    ratio = ours / stock if ours is not None and stock else None
    is_met = None
    if ratio is not None and measure.limit is not None:
        is_met = ratio >= measure.limit if measure.more_is_better else ratio <= measure.limit
    return Row(measure=measure, ours=ours, stock=stock, ratio=ratio, is_met=is_met)
