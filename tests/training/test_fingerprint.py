from pathlib import Path

from bot.training.fingerprint import INPUTS, ROOT, training_fingerprint


def project(root: Path) -> Path:
    for name in INPUTS:
        path = root / name
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content of {name}", encoding="utf-8")
        else:
            path.mkdir(parents=True, exist_ok=True)
            (path / "one.yml").write_text("examples", encoding="utf-8")
    return root


def test_equal_inputs_have_equal_fingerprints_wherever_they_lie(tmp_path: Path) -> None:
    assert training_fingerprint(project(tmp_path / "a")) == training_fingerprint(project(tmp_path / "b"))


def test_each_input_counts(tmp_path: Path) -> None:
    root = project(tmp_path)
    seen = {training_fingerprint(root)}
    for name in INPUTS:
        path = root / name if (root / name).is_file() else root / name / "one.yml"
        path.write_text("changed", encoding="utf-8")
        seen.add(training_fingerprint(root))
    assert len(seen) == len(INPUTS) + 1


def test_a_renamed_file_counts_and_caches_do_not(tmp_path: Path) -> None:
    root = project(tmp_path)
    before = training_fingerprint(root)
    (root / "bot" / "nlu" / "cache.pyc").write_bytes(b"x")
    assert training_fingerprint(root) == before
    (root / "data" / "nlu" / "one.yml").rename(root / "data" / "nlu" / "two.yml")
    assert training_fingerprint(root) != before


def test_every_input_exists_in_the_project() -> None:
    assert [name for name in INPUTS if not (ROOT / name).exists()] == []
