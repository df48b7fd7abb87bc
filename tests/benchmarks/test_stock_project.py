import pytest

from benchmarks.stock_project import Training, content_hash, loop_seconds

LOG = (
    "Epochs:  50%|#####     | 1/2 [00:10<00:10, 10.0s/it]\r"
    "Epochs: 100%|##########| 2/2 [00:24<00:00, 12.5s/it]\r"
    "Epochs: 100%|##########| 2/2 [00:25<00:00, 12.5s/it, t_loss=3.1, i_acc=0.6]\n"
    "2026-11-22 INFO finished\n"
    "Epochs: 100%|██████████| 2/2 [01:02:03<00:00, 9.0s/it]\n"
)


def test_finished_progress_bars_are_added_up():
    assert loop_seconds(LOG.encode()) == 25 + 3_723


def test_full_training_is_taken_as_measured():
    assert Training(epochs=100, seconds=900.0, loop_seconds=800.0).full_seconds == 900.0


def test_short_training_is_extrapolated():
    assert Training(epochs=2, seconds=60.0, loop_seconds=40.0).full_seconds == 2_020.0


@pytest.mark.parametrize("change", ["content", "name"])
def test_hash_follows_content_and_names(tmp_path, change):
    file = tmp_path / "domain.yml"
    file.write_text("a")
    before = content_hash(tmp_path)
    assert content_hash(tmp_path) == before
    if change == "content":
        file.write_text("b")
    else:
        file.rename(tmp_path / "config.yml")
    assert content_hash(tmp_path) != before
