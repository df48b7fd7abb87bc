import subprocess
import sys
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.catalogue.importers import xzufi
from bot.catalogue.importers.record import (
    Fee,
    Link,
    OfficeRecord,
    OpeningHours,
    Reading,
    ServiceOffice,
    ServiceRecord,
    Source,
)
from bot.catalogue.importers.sync import apply
from bot.catalogue.importers.xzufi import stream
from bot.catalogue.queries import load_catalogue
from bot.errors import ImportFileError

SAMPLE = Path(__file__).parent / "sample_xzufi.xml"
NAMESPACE = "http://xoev.de/schemata/xzufi/2_2_0"
NAME = '<modulText><inhalt languageCode="de">{}</inhalt><leikaTextmodul><code>03</code></leikaTextmodul></modulText>'
SOURCE = Source(kind="xzufi", name="Moorheim")
FILE_MB = 20

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def sample() -> Reading:
    return xzufi.read(SAMPLE)


@pytest.fixture(scope="module")
def service(sample: Reading) -> ServiceRecord:
    return next(iter(sample.services))


@pytest.fixture(scope="module")
def office(sample: Reading) -> OfficeRecord:
    return next(iter(sample.offices))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str, *, root: str = "antwort", attributes: str = f'xmlns="{NAMESPACE}"') -> Path:
        path = tmp_path / "file.xml"
        path.write_text(f"<{root} {attributes}>\n{content}\n</{root}>", encoding="utf-8")
        return path

    return write_file


def leistung(service_id: str, inner: str = "", name: str = "Torf stechen") -> str:
    return f"<leistung><id>{service_id}</id>{NAME.format(name)}{inner}</leistung>"


def test_every_text_module_of_a_service_is_read(service: ServiceRecord) -> None:
    text = service.texts["de"]
    assert text.name == "Anwohnerkarte beantragen"
    assert text.summary.split("\n\n") == [
        "Fahren Sie gratis mit der Moorbahn.",
        "Wer in Moorheim wohnt, bekommt die Anwohnerkarte.",
        "Die Karte gilt ein Jahr.",
        "Ablauf\n- Antrag ausfüllen\n- Karte abholen",
        "Weitere Informationen\nDie Bahn hat einen Fahrplan.",
        "Hinweise\nVerlorene Karten werden ersetzt.",
        "Rechtsbehelf\nWiderspruch binnen eines Monats.",
    ]
    assert text.documents == ("Ausweis", "Foto & Mietvertrag")
    assert text.facets == {
        "documents": "Kopien genügen.",
        "eligibility": "Sie wohnen in Moorheim.",
        "legal_basis": "§ 3 Kartensatzung Moorheim",
        "online": "Ein Vordruck ist nötig: Antrag Anwohnerkarte",
        "office": "Zuständig ist die Moorbahn.\n\nFragen Sie am Schalter.",
        "fees": "Die Gebühr zahlen Sie am Schalter.",
        "deadline": "Beantragen Sie die Karte vor dem 1. April.",
        "processing_time": "2–4 Wochen",
    }


def test_amounts_and_keywords_are_read(service: ServiceRecord) -> None:
    text = service.texts["de"]
    assert text.keywords == ("Moorpass", "Anwohnerkarte Ausstellung")
    assert text.fees == (
        Fee(amount=Decimal("12.50"), label="Erwachsene"),
        Fee(amount=Decimal(2), amount_to=Decimal(5)),
    )


def test_english_texts_are_read_beside_the_german_ones(service: ServiceRecord) -> None:
    text = service.texts["en"]
    assert (text.name, text.documents, text.keywords) == ("Apply for a resident card", ("ID", "photo"), ("bog pass",))
    assert text.summary == "People who live in Moorheim get the resident card.\n\nNotes\nLost cards are replaced."
    assert text.facets["processing_time"] == "2–4 weeks"
    assert text.fees[0].label == "adults"


def test_links_are_told_by_what_they_lead_to(service: ServiceRecord) -> None:
    assert service.texts["de"].links == (
        Link(title="Anwohnerkarte online", url="https://online.moorheim.example/karte", kind="online"),
        Link(title="Kartensatzung", url="https://www.moorheim.example/satzung"),
        Link(title="Wenn jemand anders kommt", url="https://www.moorheim.example/vollmacht", kind="form"),
        Link(title="Antrag Anwohnerkarte", url="https://www.moorheim.example/karte.pdf", kind="form"),
    )
    assert service.texts["en"].links[0].title == "Resident card online"
    assert service.online_url == "https://online.moorheim.example/karte"


def test_key_validity_and_date_are_read(service: ServiceRecord) -> None:
    assert (service.leika, service.url) == ("99008001005000", "https://www.moorheim.example/anwohnerkarte")
    assert (service.valid_from, service.valid_until) == (date(2026, 1, 1), date(2027, 12, 31))
    assert service.source_date == date(2026, 9, 15)


def test_offices_come_with_the_areas_they_serve(sample: Reading, service: ServiceRecord) -> None:
    assert service.offices == (
        ServiceOffice(office_id="B1", areas=("035190001001", "035190002")),
        ServiceOffice(office_id="B2", areas=("03519", "Nordmoor")),
    )
    other = list(sample.services)[1]
    assert other.offices == (ServiceOffice(office_id="B1"),)
    assert other.texts["de"].fees == (Fee(amount=Decimal(40), label="Erlaubnis"),)


def test_office_is_read_with_the_address_to_visit(office: OfficeRecord) -> None:
    assert office.names == {"de": "Bürgerhaus Moorheim", "en": "Citizens’ house Moorheim"}
    assert office.alternative_names == ("BHM", "Einwohnermeldeamt")
    assert (office.street, office.postal_code, office.city) == ("Torfweg 7", "29981", "Moorheim")
    assert (office.phone, office.email) == ("05998 40-0", "buerger@moorheim.example")
    assert office.url == "https://www.moorheim.example/buergerhaus"
    assert office.source_date == date(2026, 8, 1)


def test_opening_hours_that_are_a_sentence_are_a_hint(office: OfficeRecord) -> None:
    assert office.hours == ()
    assert office.hints == {
        "de": "Eingang im Hof\nMontag bis Freitag 8 bis 12 Uhr, und nach Vereinbarung",
        "en": "Monday to Friday 8 am to noon, and by appointment",
    }


def test_opening_hours_that_are_days_and_times_are_read(sample: Reading, write: Write) -> None:
    other = list(sample.offices)[1]
    assert other.hints == {}
    assert other.hours == (
        OpeningHours(weekday=0, opens=time(8), closes=time(12)),
        OpeningHours(weekday=4, opens=time(9), closes=time(11)),
    )
    entry = "<organisationseinheit><id>o</id><name><name>Amt</name></name>{}</organisationseinheit>"
    written = "<oeffnungszeiten><p>Mo–Mi 8–12 Uhr</p><p>Do 14–18 Uhr</p></oeffnungszeiten>"
    reading = xzufi.read(write(leistung("1") + entry.format(written)))
    assert [hours.weekday for hours in next(iter(reading.offices)).hours] == [0, 1, 2, 3]


def test_town_is_where_the_offices_lie(sample: Reading) -> None:
    assert sample.town is not None
    assert (sample.town.name, sample.town.land) == ("Moorheim", "NI")


def test_what_cannot_be_used_is_named_with_line_id_and_reason(sample: Reading) -> None:
    named = [(row.where, row.row_id) for row in sample.rejected]
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    assert [row_id for _, row_id in named] == ["L999.S1.103", "B3", "od-2"]
    for where, row_id in named:
        number = int(where.rpartition(" ")[2])
        assert f">{row_id}<" in "".join(lines[number - 1 : number + 1])
    assert "no German name" in sample.rejected[0].reason
    assert "no link" in sample.rejected[2].reason


def test_what_is_left_out_is_noted_once(sample: Reading) -> None:
    reasons = " | ".join(note.reason for note in sample.notes)
    for part in (
        "'99008001005001' is a further",
        "language fr",
        "language de-x-leicht",
        "spezialisierung",
        "module 77",
    ):
        assert part in reasons
    assert "responsibility for a leistung that is not in the file (1): left out" in reasons


def test_second_import_changes_nothing(sample: Reading, engine: Engine) -> None:
    with Session(engine) as session:
        assert apply(session, sample, SOURCE).added == 2
        again = apply(session, xzufi.read(SAMPLE), SOURCE)
        assert (again.added, again.changed, again.unchanged, again.offices_changed) == (0, 0, 2, 0)
        assert list(load_catalogue(session).services.values()) == list(sample.services)


def test_message_with_services_under_its_root(write: Write) -> None:
    path = write(f"<nachrichtenkopf/>{leistung('1')}{leistung('2')}{leistung('1', name='Zweite')}", root="leistungen")
    reading = xzufi.read(path)
    assert [(one.id, one.texts["de"].name) for one in reading.services] == [
        ("1", "Torf stechen"),
        ("2", "Torf stechen"),
    ]
    assert [(row.row_id, "stands twice" in row.reason) for row in reading.rejected] == [("1", True)]
    assert reading.town is None


def test_version_2_1_is_read_and_children_need_no_namespace(write: Write) -> None:
    attributes = 'xmlns:x="http://xoev.de/schemata/xzufi/2_1_0" xzufiVersion="2.1"'
    assert [one.id for one in xzufi.read(write(leistung("1"), root="x:antwort", attributes=attributes)).services] == [
        "1"
    ]


def test_later_message_of_a_dump_wins_and_deleted_entries_are_gone(write: Write) -> None:
    office = "<organisationseinheit><id>o</id><name><name>Amt</name></name>{}</organisationseinheit>"
    responsible = "<zustaendigkeit><leistungID>1</leistungID></zustaendigkeit>"
    parts = [leistung("1"), leistung("2"), leistung("1", name="Neu"), office.format(responsible), office.format("")]
    written = "".join(f"<schreibe>{part}</schreibe>" for part in parts)
    reading = xzufi.read(write(written + "<loesche><leistungID>2</leistungID></loesche>"))
    (service,) = reading.services
    assert (service.id, service.texts["de"].name, service.offices) == ("1", "Neu", ())
    assert not reading.rejected


def test_broken_office_keeps_its_services(write: Write, engine: Engine) -> None:
    responsible = "<zustaendigkeit><leistungID>1</leistungID></zustaendigkeit>"
    office = f"<organisationseinheit><id>o</id>{{}}{responsible}</organisationseinheit>"
    named = office.format("<name><name>Amt</name></name><anschrift><ort>Moorheim</ort></anschrift>")
    with Session(engine) as session:
        apply(session, xzufi.read(write(leistung("1") + named)), SOURCE)
        report = apply(session, xzufi.read(write(leistung("1") + office.format(""))), SOURCE)
        assert (report.changed, report.unchanged, len(report.rejected)) == (0, 1, 1)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("<leistung/>", "id is missing"),
        ("<leistung><id>&lt;b&gt;</id></leistung>", "id is missing or unusable"),
        (leistung("9", name=""), "no German name"),
        (leistung("9", name="x" * 301), "no German name of at most 300"),
        (leistung("9", name="x" * 10_000_000), "more than 1000000 characters"),
        (leistung("9", inner="<a>" * 300 + "</a>" * 300), "too deep"),
    ],
    ids=["empty", "odd id", "no name", "long name", "10 MB", "deep"],
)
def test_broken_entry_is_rejected_and_the_rest_goes_on(write: Write, entry: str, reason: str) -> None:
    reading = xzufi.read(write(leistung("1") + entry + leistung("2")))
    assert [one.id for one in reading.services] == ["1", "2"]
    (row,) = reading.rejected
    assert reason in row.reason
    assert row.where.endswith("line 2")


def test_validity_that_ends_before_it_begins_is_left_out_with_a_note(write: Write) -> None:
    dates = "<gueltigkeit><beginn>2026-05-01</beginn><ende>2026-04-01</ende></gueltigkeit>"
    reading = xzufi.read(write(leistung("1", dates)))
    assert next(iter(reading.services)).valid_from is None
    assert "ends on 2026-04-01" in reading.notes[0].reason


def test_notes_are_counted_where_they_are_too_many_to_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xzufi, "MOST_NOTES", 2)
    key = "<referenzLeiKa><code>1</code></referenzLeiKa>"
    reading = xzufi.read(write("".join(leistung(str(number), key) for number in range(5))))
    assert [note.row_id for note in reading.notes] == ["0", "1", ""]
    assert "further notes on services (3)" in reading.notes[-1].reason


@pytest.mark.parametrize(
    ("document_type", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]>', "document type"),
        ('<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;&l;&l;">]>', "document type"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "document type"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">', "document type"),
        ('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]>', "document type"),
    ],
)
def test_document_types_entities_and_references_are_refused(write: Write, document_type: str, reason: str) -> None:
    path = write(leistung("1", name="&x;"))
    path.write_text(f"{document_type}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(ImportFileError, match=rf"file\.xml: line 1: .*{reason}.*refused"):
        xzufi.read(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no leistung"),
        (b"<a>", "namespace ''"),
        (b'<a xmlns="http://xoev.de/schemata/xzufi/3_0_0"/>', "2_2_0|namespace 'http://xoev.de/schemata/xzufi/3_0_0'"),
        (f'<a xmlns="{NAMESPACE}" xzufiVersion="3.0"/>'.encode(), "xzufiVersion is '3.0'"),
        (f'<a xmlns="{NAMESPACE}"/>'.encode(), "no leistung"),
        (f'<a xmlns="{NAMESPACE}">&undefined;</a>'.encode(), "not valid XML|entities"),
        (f'<a xmlns="{NAMESPACE}">\n\x00</a>'.encode(), "line 2: not valid XML"),
        (f'<?xml version="1.0" encoding="klingon"?><a xmlns="{NAMESPACE}"/>'.encode(), "encoding"),
        (f'<a xmlns="{NAMESPACE}">Köln</a>'.encode("latin-1"), "not valid XML"),
        (f'<a xmlns="{NAMESPACE}">{"<b>" * 300}'.encode(), "more than 200 elements"),
        (b"\xff\xfe\x00", "not valid XML"),
    ],
)  # fmt: skip
def test_file_that_is_no_xzufi_is_refused_with_line_and_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(content)
    with pytest.raises(ImportFileError, match=rf"file\.xml: .*({reason})"):
        xzufi.read(path)


def test_truncated_file_is_refused_as_a_whole(tmp_path: Path) -> None:
    content = SAMPLE.read_bytes()
    path = tmp_path / "file.xml"
    path.write_bytes(content[: len(content) * 2 // 3])
    line = path.read_bytes().count(b"\n") + 1
    with pytest.raises(ImportFileError, match=rf"line {line}: not valid XML .*nothing was taken"):
        xzufi.read(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"none\.xml: cannot be read"):
        xzufi.read(tmp_path / "none.xml")


def test_tag_without_an_end_is_not_kept_in_memory(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_TAG", 200_000)
    path = write(f"<leistung a='{'x' * 1_000_000}'/>")
    with pytest.raises(ImportFileError, match="a tag has more than 200000 bytes"):
        xzufi.read(path)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_that_the_file_names_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.xml"
    content = leistung("1", name="Straße")
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    path.write_text(f'{declaration}<a xmlns="{NAMESPACE}">{content}</a>', encoding=encoding)
    assert next(iter(xzufi.read(path).services)).texts["de"].name == "Straße"


MEASURE = """
import resource, sys
from pathlib import Path
from bot.catalogue.importers import xzufi
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in xzufi.read(Path(sys.argv[1])).services)
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    text = "Wer in Moorheim wohnt, bekommt die Karte, ohne lange zu warten. " * 1_500
    module = f"<modulText><inhalt>{text}</inhalt><leikaTextmodul><code>06</code></leikaTextmodul></modulText>"
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f'<a xmlns="{NAMESPACE}">')
        while file.tell() < FILE_MB * 1_000_000:
            file.write(leistung(str(count), module))
            count += 1
        file.write("</a>")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    read, megabytes = map(int, done.stdout.split())
    assert read == count
    # The cache of the temporary file has 16 MB, the parser's code some more; what was read has 20 MB.
    assert megabytes < 45
