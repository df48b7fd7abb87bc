"""Every key that templates and code name has its sentence, in all languages."""

import re
from pathlib import Path

import pytest

from bot.language import LANGUAGES, Language
from bot.phrases import load_phrases
from bot.staff.audit import ACTIONS
from bot.staff.faults import FAULTS
from bot.staff.roles import ROLES

TEMPLATES = sorted((Path(__file__).parents[2] / "bot" / "web" / "templates" / "staff").glob("*.html"))
NAMED = re.compile(r"""\bt\(["'](\w+)["'][,)]""")


def test_all_languages_have_the_same_sentences_with_the_same_placeholders() -> None:
    known = {
        language: {key: set(re.findall(r"{\w+}", text)) for key, text in load_phrases("staff", language).items()}
        for language in LANGUAGES
    }
    assert all(phrases == known["de"] for phrases in known.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_is_named_is_there(language: Language) -> None:
    phrases = {**load_phrases("staff", language), **load_phrases("retention", language)}
    named = {key for template in TEMPLATES for key in NAMED.findall(template.read_text("utf-8"))}
    named |= {f"action_{action}" for action in ACTIONS} | {f"fault_{fault}" for fault in FAULTS}
    named |= {f"{kind}_{role}" for role in ROLES for kind in ("role", "may")}
    named |= {f"{kind}_{other}" for other in LANGUAGES for kind in ("language", "spoken", "team_name")}
    assert len(named) > 100
    assert named <= set(phrases)
