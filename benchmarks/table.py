"""The table, for a terminal and for the README."""

from collections.abc import Sequence

from benchmarks.figures import Measure, Reached, Row

HEADINGS = ("", "Stadtlotse", "stock Rasa", "ratio", "expected", "met")
NUMBERS = slice(1, 5)  # columns set flush right


def plain_table(rows: Sequence[Row]) -> str:
    """Columns in line, for a terminal."""
    lines = [HEADINGS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    rule = "  ".join("─" * width for width in widths)
    text = [_aligned(line, widths) for line in lines]
    return "\n".join([text[0], rule, *text[1:]])


def markdown_table(rows: Sequence[Row]) -> str:
    """The same as Markdown."""
    rule = ["---", *["---:"] * len(HEADINGS[NUMBERS]), "---"]
    return "\n".join(f"| {' | '.join(line)} |" for line in [HEADINGS, rule, *map(_cells, rows)])


def aim_lines(reached: Sequence[Reached]) -> list[str]:
    """One sentence per aim."""
    return [
        f"{item.aim.title}: {_number(item.value)} (aim: at most {_number(item.aim.limit)}), "
        f"{'met' if item.is_met else 'not met'}"
        for item in reached
    ]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.measure.title,
        _value(row.ours, row.measure),
        _value(row.stock, row.measure),
        "" if row.ratio is None else _ratio(row.ratio, row.measure),
        _expected(row.measure),
        {None: "", True: "yes", False: "no"}[row.is_met],
    )


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, last = line[0].ljust(widths[0]), line[-1].ljust(widths[-1])
    numbers = [cell.rjust(width) for cell, width in zip(line[NUMBERS], widths[NUMBERS], strict=True)]
    return "  ".join([first, *numbers, last]).rstrip()


def _value(value: float | None, measure: Measure) -> str:
    return "" if value is None else f"{_number(value)} {measure.unit}"


def _ratio(ratio: float, measure: Measure) -> str:
    """4.2× where more is better; 41 % of memory; otherwise 1/4.2, and 2.5× where ours is the larger one."""
    if measure.unit == "MB":
        return f"{ratio:.0%}".replace("%", " %")
    if measure.more_is_better or ratio >= 1:
        return f"{_number(ratio)}×"
    return f"1/{_number(1 / ratio)}" if ratio > 0 else "0"


def _expected(measure: Measure) -> str:
    if measure.limit is None:
        return ""
    return f"{'≥' if measure.more_is_better else '≤'} {_ratio(measure.limit, measure)}"


def _number(value: float) -> str:
    """Three digits that count, thousands set off: 0.0421 → 0.042, 4.25 → 4.2, 56.2 → 56, 5400 → 5,400."""
    if value >= 10:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if value >= 1 else f"{value:.2g}"
    return text.removesuffix(".0")
