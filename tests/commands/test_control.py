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
    assert found("Personalausweis") == []
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
