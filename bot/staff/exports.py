"""The audit log as a file, entry by entry: CSV or JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.staff.audit import Entry

BOM = "\ufeff"  # at the beginning of CSV: without it, spreadsheets take the file for another encoding and break umlauts
# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a file begins, how an entry stands in it, what is between two, and how it ends."""

    content_type: str
    begin: str
    line: Callable[[Entry], str]
    between: str
    end: str

    def pieces(self, entries: Iterable[Entry]) -> Iterator[str]:
        """The whole file."""
        yield self.begin
        for count, entry in enumerate(entries):
            yield (self.between if count else "") + self.line(entry)
        yield self.end


def _plain(entry: Entry) -> dict[str, object]:
    return {**vars(entry), "at": entry.at.isoformat(timespec="microseconds")}


def _json_line(entry: Entry) -> str:
    return json.dumps(_plain(entry), ensure_ascii=False)


def _csv_line(entry: Entry) -> str:
    details = json.dumps(entry.details, sort_keys=True, ensure_ascii=False)
    return csv_row({**_plain(entry), "details": details}.values())


def csv_row(values: Iterable[object]) -> str:
    """One line of CSV (RFC 4180); a text that looks like a formula gets a ' in front."""
    line = io.StringIO()
    csv.writer(line).writerow(
        f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value for value in values
    )
    return line.getvalue()


FORMATS = {
    "csv": Format(
        content_type="text/csv", begin=csv_row(Entry.__dataclass_fields__), line=_csv_line, between="", end=""
    ),
    "json": Format(content_type="application/json", begin="[\n", line=_json_line, between=",\n", end="\n]\n"),
}
