"""Every key that the pages on presence, hours, prepared replies and figures name has its sentence, in all languages."""

import re

import pytest

from bot.conversations.canned_replies import PLACEHOLDERS
from bot.conversations.figures import BYS
from bot.language import LANGUAGES, Language
from bot.phrases import load_phrases
from bot.web.desk.statistics_csv import COLUMNS
from bot.web.staff.rendering import TEMPLATES, translator

TOPICS = ("desk_settings", "desk_replies", "statistics")
NAMED = re.compile(r"""\bt\(["'](\w+)["'][,)]""")
FILES = ("presence", "hours", "hours_team", "replies", "reply", "statistics", "statistics_parts")
SECTIONS = ("waiting", "handling", "outcomes", "requests", "feedback")


@pytest.mark.parametrize("topic", TOPICS)
def test_all_languages_have_the_same_sentences_with_the_same_placeholders(topic: str) -> None:
    known = {
        language: {key: sorted(re.findall(r"{\w+}", text)) for key, text in load_phrases(topic, language).items()}
        for language in LANGUAGES
    }
    assert all(phrases == known["de"] for phrases in known.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_is_named_is_there(language: Language) -> None:
    translate = translator(language, *TOPICS, "desk")
    named = {key for file in FILES for key in NAMED.findall((TEMPLATES / "desk" / f"{file}.html").read_text("utf-8"))}
    named |= {f"hours_fault_{fault}" for fault in ("time", "missing", "order", "overlap")}
    named |= {f"reply_fault_{fault}" for fault in ("name", "no_text", "too_long", "braces", "placeholder")}
    named |= {f"fault_{fault}" for fault in ("since", "until", "order", "length", "team")}
    named |= {f"placeholder_{name}" for name in PLACEHOLDERS} | {f"by_{by}" for by in BYS} | set(COLUMNS)
    named |= {f"{kind}_{section}" for section in SECTIONS for kind in ("figures", "define")}
    assert len(named) > 90
    assert all(translate(key) for key in named)
