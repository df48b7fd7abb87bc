import pytest

from bot.__main__ import main


def test_a_database_without_tables_is_brought_up_first(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", empty_database_url)
    assert main(["search", "Reisepass"]) == 1
    assert "import" in capsys.readouterr().err
