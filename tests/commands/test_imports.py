from pathlib import Path

import pytest

from bot.__main__ import main

SAMPLE = Path(__file__).parents[1] / "catalogue" / "importers" / "sample_xzufi.xml"
TABLE = "Kennung;Name;Gebühr;LeiKa\nhund;Hund anmelden;10 €;99102009060000\nkatze;Katze anmelden;5 €;\n"


@pytest.fixture(autouse=True)
def own_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


Output = pytest.CaptureFixture[str]


def test_xzufi_is_imported_and_the_second_time_nothing_changes(capsys: Output) -> None:
    assert main(["import", "xzufi", str(SAMPLE)]) == 0
    printed = capsys.readouterr()
    assert "Moorheim: 2 added" in printed.out
    assert "rejected leistung, line" in printed.err
    assert "note on" in printed.err
    assert main(["import", "xzufi", str(SAMPLE)]) == 0
    assert "0 added, 0 changed, 2 unchanged" in capsys.readouterr().out


def test_table_needs_a_town_once(table: Path, capsys: Output) -> None:
    assert main(["import", "table", str(table)]) == 2
    assert "add --town NAME" in capsys.readouterr().err
    assert main(["import", "table", str(table), "--town", "Moorheim"]) == 0
    assert "Moorheim: 2 added" in capsys.readouterr().out
    assert main(["import", "table", str(table)]) == 0
    assert "Moorheim: 0 added, 0 changed, 2 unchanged" in capsys.readouterr().out


def test_dry_run_lists_what_would_change_by_name_and_field(table: Path, capsys: Output) -> None:
    main(["import", "table", str(table), "--town", "Moorheim"])
    table.write_text(TABLE.replace("10 €", "12 €").replace("katze;Katze", "vogel;Vogel"), encoding="utf-8")
    capsys.readouterr()
    assert main(["import", "table", str(table), "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "changed Hund anmelden (hund): de.fees",
        "added Vogel anmelden (vogel)",
        "withdrawn Katze anmelden (katze)",
    ]
    assert lines[3].startswith("Moorheim: would be 1 added, 1 changed")


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_exported_table_is_imported_again_without_a_change(tmp_path: Path, name: str, capsys: Output) -> None:
    main(["import", "xzufi", str(SAMPLE)])
    file = tmp_path / name
    assert main(["export", "table", str(file)]) == 0
    assert main(["import", "table", str(file)]) == 0
    assert main(["import", "table", str(file), "--take-over"]) == 0
    printed = capsys.readouterr().out
    assert "2 services, 2 offices" in printed
    assert printed.count("0 added, 0 changed, 2 unchanged, 0 withdrawn, 0 restored, 0 rejected; 0 offices changed") == 2


def test_demo_town_can_be_exported_edited_and_imported_as_a_table(tmp_path: Path, capsys: Output) -> None:
    main(["prepare"])
    file = tmp_path / "table.csv"
    main(["export", "table", str(file)])
    file.write_text(file.read_text(encoding="utf-8-sig").replace("Bewohnerparkausweis", "Anwohnerparkausweis"), "utf-8")
    capsys.readouterr()
    assert main(["import", "table", str(file)]) == 0
    printed = capsys.readouterr()
    assert "rejected" not in printed.err
    assert "0 added" in printed.out
    assert "0 withdrawn" in printed.out


def test_file_that_is_there_is_not_overwritten_unasked(table: Path, capsys: Output) -> None:
    assert main(["export", "table", str(table), "--template"]) == 2
    assert "already there" in capsys.readouterr().err
    assert table.read_text(encoding="utf-8") == TABLE
    assert main(["export", "table", str(table), "--template", "--overwrite"]) == 0
    assert "Hund" not in table.read_text(encoding="utf-8-sig")


def test_keys_are_checked_against_a_list(table: Path, tmp_path: Path, capsys: Output) -> None:
    known = tmp_path / "leika.csv"
    known.write_text("leika_key,name,legal_basis\n99102009060000,Hund,§ 3 Satzung\n", encoding="utf-8")
    main(["import", "table", str(table), "--town", "Moorheim"])
    capsys.readouterr()
    assert main(["import", "table", str(table), "--leika", str(known), "--dry-run"]) == 0
    printed = capsys.readouterr()
    assert "changed Hund anmelden (hund): de.legal_basis" in printed.out
    assert "the legal basis of 1 services was taken from it" in printed.err
    assert main(["import", "table", str(table), "--leika", str(tmp_path / "none.csv")]) == 2
    assert "none.csv: cannot be read" in capsys.readouterr().err
