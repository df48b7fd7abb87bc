import pytest

from bot.__main__ import main
from bot.training.fingerprint import ROOT
from bot.training.model import train

pytestmark = pytest.mark.figures


def test_no_intent_steals_from_another_and_known_failures_still_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models = ROOT / "models"
    monkeypatch.setenv("STADTLOTSE_MODELS_DIR", str(models))
    train(models)
    assert main(["check", "--model"]) == 0, capsys.readouterr().out
