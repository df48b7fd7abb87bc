"""What web says by itself in an emergency: the bot's own words, from responses/<language>/care.yml."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.errors import InputError
from bot.language import LANGUAGES, Language

RESPONSES = Path(__file__).parents[3] / "responses"
FILE = "care.yml"
REPLY = "utter_crisis"

Signposts = Mapping[Language, str]


def load_signposts(directory: Path = RESPONSES) -> Signposts:
    """The text with the emergency numbers, by language.

    Raises:
        InputError: a file cannot be read, or has no such text.
    """
    return MappingProxyType({language: _read(directory / language / FILE) for language in LANGUAGES})


def _read(path: Path) -> str:
    try:
        text = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"][REPLY][0]["text"]
    except (OSError, yaml.YAMLError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{path}: no text of {REPLY} can be read ({type(error).__name__})") from error
    return str(text).strip()
