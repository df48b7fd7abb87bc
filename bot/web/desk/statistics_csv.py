"""The figures as CSV, with headings in the reader's language; times in seconds, empty where nothing is told."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.conversations.figures import Figures
from bot.conversations.handoff import RESULTS, Result
from bot.language import Language
from bot.staff.exports import BOM, csv_row
from bot.web.desk.statistics_rows import Row
from bot.web.staff.rendering import translator

Value = Callable[[Figures], object]


def _outcome(result: Result, figures: Figures) -> int:
    return figures.outcomes.get(result, 0)


# By the key of the heading in the phrases.
COLUMNS: Mapping[str, Value] = {
    "wishes": lambda figures: figures.wishes,
    "csv_waiting_median": lambda figures: figures.waiting and figures.waiting.median,
    "csv_waiting_ninety": lambda figures: figures.waiting and figures.waiting.ninety,
    "csv_waiting_longest": lambda figures: figures.waiting and figures.waiting.longest,
    "csv_handling_median": lambda figures: figures.handling and figures.handling.median,
    "csv_handling_ninety": lambda figures: figures.handling and figures.handling.ninety,
    "csv_handling_longest": lambda figures: figures.handling and figures.handling.longest,
    "ended": lambda figures: figures.ended,
    **{f"result_{result}": partial(_outcome, result) for result in RESULTS},
    "left": lambda figures: figures.left,
    "unanswered_wishes": lambda figures: figures.unanswered,
    "csv_open": lambda figures: figures.open,
    "csv_requests": lambda figures: figures.requests.taken,
    "csv_in_time": lambda figures: figures.requests.in_time,
    "csv_late": lambda figures: figures.requests.late,
    "csv_overdue": lambda figures: figures.requests.overdue,
    "csv_requests_open": lambda figures: figures.requests.open,
    "helpful": lambda figures: figures.feedback and figures.feedback.helpful,
    "not_helpful": lambda figures: figures.feedback and figures.feedback.not_helpful,
}


def write_csv(rows: Sequence[Row], language: Language) -> str:
    """A line per row, below one with the headings."""
    translate = translator(language, "statistics", "desk")
    lines: list[tuple[object, ...]] = [("", *map(translate, COLUMNS))]
    lines += [(row.label, *(value(row.figures) for value in COLUMNS.values())) for row in rows]
    return BOM + "".join(map(csv_row, lines))
