"""`catalogue …`: what looks after a catalogue in use."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main

Found = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def own_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "testdorf"
    (folder / "services").mkdir(parents=True)
    (folder / "town.yml").write_text(
        'name: Testdorf\nland: NI\nphone: "0123 456"\nurl: https://testdorf.example\n', "utf-8"
    )
    (folder / "offices.yml").write_text(
        "- id: rathaus\n  name: {de: Rathaus, en: Town hall}\n  street: Dorfstraße 1\n"
        "  postal_code: '29999'\n  city: Testdorf\n",
        "utf-8",
    )
    (folder / "services" / "all.yml").write_text(
        "- id: hund\n  offices: [rathaus]\n  de: {name: Hundesteuer, summary: Für jeden Hund.}\n", "utf-8"
    )
    return folder


@pytest.fixture
def found(capsys: pytest.CaptureFixture[str]) -> Found:
    """The ids that a German question finds."""

    def search(question: str) -> list[str]:
        capsys.readouterr()
        assert main(["search", question, "--language", "de", "--json"]) == 0
        return [hit["id"] for hit in json.loads(capsys.readouterr().out)]

    return search


def test_the_demo_town_comes_back_when_the_first_import_is_taken_back(
    town: Path, found: Found, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["prepare"])
    main(["import", "town", str(town)])
    assert "personalausweis" not in found("Personalausweis")
    assert main(["catalogue", "undo"]) == 0
    said = capsys.readouterr().out
    assert "import of town 'Testdorf'" in said
    assert "1 services removed" in said
    assert "personalausweis" in found("Personalausweis")
    assert main(["prepare"]) == 0
    assert "0 added, 0 changed" in capsys.readouterr().out


def test_a_dry_undo_changes_nothing(town: Path, found: Found, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["catalogue", "undo", "--dry-run"]) == 0
    assert "would be taken back: 1 services removed" in capsys.readouterr().out
    assert found("Hundesteuer") == ["hund"]


def test_undoing_without_an_import_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "undo"]) == 1
    assert "no import left" in capsys.readouterr().err


def test_an_empty_catalogue_can_be_searched_after_everything_was_taken_back(town: Path, found: Found) -> None:
    main(["import", "town", str(town)])
    main(["catalogue", "undo"])
    assert found("Hundesteuer") == []


def test_a_service_is_switched_off_and_on_and_listed(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    reasons = ["--reason-de", "Bitte rufen Sie an.", "--reason-en", "Please call."]
    assert main(["catalogue", "off", "hund", *reasons]) == 0
    assert main(["catalogue", "off", "hund", "--facet", "fees", "--reason-de", "Die Gebühren ändern sich."]) == 0
    capsys.readouterr()
    assert main(["catalogue", "off", "--list"]) == 0
    said = capsys.readouterr().out
    assert "hund, since" in said
    assert "  de: Bitte rufen Sie an.\n  en: Please call." in said
    assert "fees of hund, since" in said
    assert main(["catalogue", "on", "hund"]) == 0
    assert main(["catalogue", "on", "hund", "--facet", "fees"]) == 0
    capsys.readouterr()
    main(["catalogue", "off", "--list"])
    assert capsys.readouterr().out == "nothing is switched off\n"


def test_a_dry_switch_changes_nothing(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    assert main(["catalogue", "off", "hund", "--reason-de", "Bitte rufen Sie an.", "--dry-run"]) == 0
    assert "would switch off hund" in capsys.readouterr().out
    assert main(["catalogue", "on", "hund"]) == 1
    assert "hund is not switched off" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["katze", "--reason-de", "Ruhe."], 1, "there is no service 'katze'"),
        (["hnd", "--reason-de", "Ruhe."], 1, "near it: hund"),
        (["hund"], 2, "--reason-de"),
        (["hund", "--reason-de", " "], 2, "the reason (de) is empty"),
        (["hund", "--reason-de", "a\nb"], 2, "one line of plain text"),
        (["hund", "--reason-de", "Gut.", "--reason-en", "x" * 301], 2, "the reason (en) has 301 characters"),
        ([], 2, "name the SERVICE"),
    ],
)
def test_what_cannot_be_switched_off_is_refused_with_a_reason(
    town: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, reason: str
) -> None:
    main(["import", "town", str(town)])
    assert main(["catalogue", "off", *arguments]) == status
    assert reason in capsys.readouterr().err


def test_a_report_lists_what_to_look_at(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["catalogue", "report"]) == 0
    said = capsys.readouterr().out
    assert "no_text: 1 (without a text in)\n  Hundesteuer (hund): en\n" in said
    assert "never checked" in said


def test_a_report_for_programs_has_the_sections_that_were_asked_for(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["catalogue", "report", "--json", "--section", "no_text", "--section", "undated"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["sections"]["no_text"] == [{"id": "hund", "name": "Hundesteuer", "values": ["en"]}]
    assert list(report["sections"]) == ["undated", "no_text"]
    assert report["links_checked_on"] is None


def test_links_are_checked_on_demand_and_the_outcome_is_kept(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = town / "services" / "all.yml"
    services.write_text(services.read_text("utf-8") + "  url: http://127.0.0.1:1/hund\n", "utf-8")
    assert main(["import", "town", str(town)]) == 0
    assert main(["catalogue", "report", "--check-links", "--section", "broken_links"]) == 0
    capsys.readouterr()
    assert main(["catalogue", "report", "--section", "broken_links"]) == 0
    assert "Hundesteuer (hund): http://127.0.0.1:1/hund, private address, not asked" in capsys.readouterr().out


def test_a_report_of_nothing_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "report"]) == 1
    assert "import one first" in capsys.readouterr().err
