from pathlib import Path

import pytest
import yaml

from bot.catalogue.importers import vocabulary
from bot.catalogue.importers.vocabulary import has_word, load_vocabulary
from bot.errors import InputError


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("Fristen und Termine", "frist*", True),
        ("Langfristige Ziele", "frist*", False),
        ("Ihre Antragsunterlagen:", "*unterlagen", True),
        ("Online-Antrag", "online-*", True),
        ("Wer kann das?", "wer kann", True),
        ("Schwer kann das sein", "wer kann", False),
        ("", "*", False),
    ],
)
def test_words_are_compared_as_wholes(text: str, pattern: str, expected: bool) -> None:
    assert has_word(text, [pattern]) is expected


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    content = yaml.safe_load((vocabulary.FOLDER / "de.yml").read_text(encoding="utf-8"))
    path = tmp_path / "de.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setattr(vocabulary, "FOLDER", tmp_path)
    load_vocabulary.cache_clear()
    yield path
    load_vocabulary.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("headings:", "heading:", "heading"),
        ("processing_time:", "processing:", "processing"),
        (r"\brechtsgrundlage\b", "(", r"sentences\.legal_basis: .*regular expression"),
        ("headings:", "headings: [", "cannot be read"),
    ],
)
def test_mistake_of_an_editor_is_named(broken: Path, old: str, new: str, message: str) -> None:
    text = broken.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=rf"de\.yml: .*{message}"):
        load_vocabulary("de")


def test_missing_file_is_named(broken: Path) -> None:
    broken.unlink()
    with pytest.raises(InputError, match=r"de\.yml: cannot be read"):
        load_vocabulary("de")
