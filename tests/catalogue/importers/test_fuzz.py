"""Whatever a file holds, an importer gives a reading or an ImportFileError, and never anything else."""

import io
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue.importers import dldb, table, xzufi
from bot.catalogue.importers.hashing import content_hash
from bot.catalogue.importers.leika import check_keys, read_list
from bot.catalogue.importers.record import Reading
from bot.catalogue.importers.rows import office_rows, service_rows
from bot.catalogue.importers.table_words import load_words
from bot.errors import ImportFileError
from tests.catalogue.importers.test_dldb import OFFICE, SERVICE

SAMPLE = (Path(__file__).parent / "sample_xzufi.xml").read_bytes()
NAMESPACE = "http://xoev.de/schemata/xzufi/2_2_0"

# Some seconds for all; the seed is new in each run, and what fails is kept by hypothesis and tried first.
EXAMPLES = 60
bounded = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)

texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\x00", "=1+1", "<b>x</b>", "<script>", "&amp;", "\u200b", "99008001005000", "2026-02-31",
         "01.02.2026", "9" * 400, "-1", "ja", "Mo 8-12", "12,50 €", "1e999", "https://[::1", "https://a.example", "de",
         "a | b | c", "Leistung", "a\n  b", "²", "٣"]
    ),
)  # fmt: skip


def readable(read: Callable[..., Reading], *contents: bytes) -> None:
    """Reads files of these contents and goes through all that was read, to the rows of the database."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"file{number}" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        try:
            reading = check_keys(read(*paths), {})
        except ImportFileError:
            return
        for service in reading.services:
            assert service.texts["de"].name
            assert content_hash(service)
            assert service_rows(service)
        for office in reading.offices:
            assert office.names["de"]
            assert content_hash(office)
            assert office_rows(office)
        assert all(row.reason for row in (*reading.rejected, *reading.notes))


@pytest.mark.parametrize("read", [xzufi.read, table.read, read_list])
@bounded
@given(content=st.binary(max_size=300))
def test_any_bytes(read: Callable[[Path], Any], content: bytes) -> None:
    def as_reading(path: Path) -> Reading:
        found = read(path)
        return found if isinstance(found, Reading) else Reading(town=None, services=(), offices=())

    readable(as_reading, content)


@bounded
@given(services=st.binary(max_size=300), locations=st.binary(max_size=300))
def test_any_bytes_as_dldb(services: bytes, locations: bytes) -> None:
    readable(dldb.read, services, locations)


def changed(content: bytes, changes: list[tuple[int, bytes]], end: int) -> bytes:
    """`content` cut off at `end`, with bytes put in at places."""
    for place, put in changes:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + len(put) :]
    return content[: end % (len(content) + 1)] if end else content


changes_of_bytes = st.lists(
    st.tuples(
        st.integers(0, 50_000),
        st.one_of(st.binary(max_size=4), st.sampled_from([b"<", b"</", b">", b"&", b'"', b"\x00", b"<!--", b"]]>"])),
    ),
    max_size=4,
)


@bounded
@given(changes=changes_of_bytes, end=st.sampled_from([0, 0, 0, 5_000, 12_345]))
def test_xzufi_with_bytes_changed(changes: list[tuple[int, bytes]], end: int) -> None:
    readable(xzufi.read, changed(SAMPLE, changes, end))


NAMES = sorted(set(re.findall(r"<(?:xzufi:)?([a-zA-Z]+)[ />]", SAMPLE.decode())))


def escaped(text: str) -> str:
    kept = "".join(one for one in text if one.isprintable() or one == "\n")
    return kept.replace("&", "&amp;").replace("<", "&lt;")


elements = st.recursive(
    texts.map(escaped),
    lambda inner: st.builds(
        lambda name, language, parts: f"<{name}{language}>{''.join(parts)}</{name}>",
        st.sampled_from(NAMES),
        st.sampled_from(["", ' languageCode="de"', ' languageCode="en"', ' languageCode="xx"']),
        st.lists(inner, max_size=5),
    ),
    max_leaves=25,
)


@bounded
@given(parts=st.lists(elements, max_size=6))
def test_xzufi_with_elements_where_nobody_expects_them(parts: list[str]) -> None:
    known = "<modulText><inhalt>Hund</inhalt><leikaTextmodul><code>03</code></leikaTextmodul></modulText>"
    inside = f"<leistung><id>1</id>{known}{''.join(parts)}</leistung>"
    office = f"<organisationseinheit><id>o</id><name><name>Amt</name></name>{''.join(parts)}</organisationseinheit>"
    content = f'<a xmlns="{NAMESPACE}">{inside}{office}<schreibe>{"".join(parts)}</schreibe></a>'
    readable(xzufi.read, content.encode("utf-8", "replace"))


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


@bounded
@given(
    service=st.dictionaries(st.sampled_from([*sorted(SERVICE), "onlineprocessing"]), anything),
    office=st.dictionaries(st.sampled_from([*sorted(OFFICE), "displayNameAlternatives"]), anything),
)
def test_dldb_with_values_of_any_kind(service: dict[str, Any], office: dict[str, Any]) -> None:
    documents = ({"data": [SERVICE, SERVICE | service]}, {"data": [OFFICE, OFFICE | {"id": 8} | office]})
    readable(dldb.read, *(json.dumps(document).encode() for document in documents))


HEADINGS = [load_words().heading(column, language) for column in load_words().columns for language in ("de", "en")]


@bounded
@given(
    headings=st.lists(st.one_of(st.sampled_from(HEADINGS), texts), max_size=12, unique=True),
    rows=st.lists(st.lists(texts, max_size=14), max_size=6),
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-8-sig"]),
)
def test_tables_with_any_cells(headings: list[str], rows: list[list[str]], delimiter: str, encoding: str) -> None:
    lines = [["Name", *headings], *(["Hund", *row] for row in rows), *rows]
    quoted = "\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    readable(table.read, quoted.encode(encoding, "replace"))


WORKBOOK_CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(), st.datetimes(), texts.map(escaped),
)  # fmt: skip


@settings(bounded, max_examples=EXAMPLES // 2)
@given(
    headings=st.lists(st.sampled_from(HEADINGS), max_size=8, unique=True),
    rows=st.lists(st.lists(WORKBOOK_CELLS, max_size=9), max_size=4),
    changes=changes_of_bytes,
)
def test_workbooks_with_any_cells_and_bytes_changed(
    headings: list[str], rows: list[list[Any]], changes: list[tuple[int, bytes]]
) -> None:
    book = openpyxl.Workbook()
    for line in [["Name", *headings], *(["Hund", *row] for row in rows)]:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    readable(table.read, file.getvalue())
    readable(table.read, changed(file.getvalue(), changes, 0))
