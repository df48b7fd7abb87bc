import pytest

from benchmarks.load import QUICK
from benchmarks.report import Run, load, render, save
from benchmarks.stock_project import Training
from bot.errors import NotFoundError

RUN = Run(
    counts=QUICK,
    sentences=1_400,
    busy={"ours": 0.0, "stock": 0.01},
    ours={"turn_1_p50": 10.0, "opening_p50": 5.0, "training": 60.0},
    stock={"turn_1_p50": 44.0, "training": 2_020.0},
    training=Training(epochs=2, seconds=60.0, loop_seconds=40.0),
    at="2026-11-22T12:00:00+00:00",
)


def test_kept_run_is_printed_as_it_was(tmp_path):
    save(RUN, tmp_path / "latest.json")
    assert load(tmp_path / "latest.json") == RUN


def test_run_that_was_not_kept_is_missed(tmp_path):
    with pytest.raises(NotFoundError, match="measure first"):
        load(tmp_path / "latest.json")


def test_short_training_of_stock_is_said_with_both_times():
    text = render(RUN, markdown=False)
    assert "2 of 100 epochs: 60 s measured" in text
    assert "2,020 s, as in the table, are extrapolated" in text


def test_raised_limits_are_said():
    assert "limits on messages and conversations were raised by settings" in render(RUN, markdown=True)


@pytest.mark.parametrize(("share", "is_said"), [(0.05, False), (0.4, True)])
def test_busy_machine_is_said(share, is_said):
    run = Run(counts=QUICK, sentences=1, busy={"ours": share}, ours=RUN.ours)
    assert ("not to be quoted" in render(run, markdown=False)) is is_said


def test_one_system_alone_has_no_notes_on_the_other():
    run = Run(counts=QUICK, sentences=1, busy={}, ours=RUN.ours)
    assert "Stock: pipeline" not in render(run, markdown=False)
