import json
from pathlib import Path

import pytest

from bot.__main__ import main


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
        "- id: hund\n  offices: [rathaus]\n  de: {name: Hundesteuer, summary: Für jeden Hund.}\n"
        "  en: {name: Dog tax, summary: For every dog.}\n"
        "- id: pass\n  offices: [rathaus]\n  de: {name: Reisepass, summary: Für Reisen.}\n"
        "  en: {name: Passport, summary: For travelling.}\n",
        "utf-8",
    )
    return folder


def test_an_import_says_what_it_did_and_the_second_one_changes_nothing(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "town", str(town)]) == 0
    assert "2 added" in capsys.readouterr().out
    assert main(["import", "town", str(town)]) == 0
    assert "0 added, 0 changed, 2 unchanged" in capsys.readouterr().out


def test_a_dry_run_changes_nothing(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "town", str(town), "--dry-run"]) == 0
    assert "would be 2 added" in capsys.readouterr().out
    assert main(["import", "town", str(town)]) == 0
    assert "2 added" in capsys.readouterr().out


def test_a_missing_file_is_named_and_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "dldb", str(tmp_path / "none.json"), str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_search_prints_ids_names_and_scores(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["search", "Steuer für meinen Hund", "--language", "de", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert hits[0]["id"] == "hund"
    assert set(hits[0]) == {"id", "name", "score"}


def test_the_language_of_a_search_may_be_recognised(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["search", "what is the tax for my dog", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "Dog tax"


def test_search_before_any_import_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "Reisepass"]) == 1
    assert "import" in capsys.readouterr().err


def test_evaluation_prints_the_figures_of_the_contract(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "town", str(town)])
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"q": "Reisepass", "ids": ["pass"]}\n{"q": "Hund", "ids": ["pass"]}\n', "utf-8")
    capsys.readouterr()
    assert main(["evaluate", "search", str(questions), "--language", "de", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) == {"n", "mrr", "recall_at_1", "recall_at_3", "recall_at_10"}
    assert figures["n"] == 2
    assert figures["recall_at_1"] == 0.5


def test_prepare_loads_the_demo_town_into_an_empty_database_only(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prepare"]) == 0
    assert "Auenfurt" in capsys.readouterr().out


def test_prepare_leaves_an_own_catalogue_alone(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["prepare"]) == 0
    assert "Auenfurt" not in capsys.readouterr().out


def test_an_own_catalogue_replaces_the_demo_town(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["prepare"])
    main(["import", "town", str(town)])
    capsys.readouterr()
    assert main(["search", "Personalausweis Hundesteuer", "--language", "de", "--json"]) == 0
    assert {hit["id"] for hit in json.loads(capsys.readouterr().out)} <= {"hund", "pass"}
    assert main(["prepare"]) == 0
    assert capsys.readouterr().out == ""
