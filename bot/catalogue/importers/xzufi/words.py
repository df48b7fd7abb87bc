"""The words this importer needs: data/import/xzufi.yml, checked on loading."""

from functools import cache
from pathlib import Path

import msgspec
import yaml

from bot.errors import InputError
from bot.language import Language

PATH = Path(__file__).resolve().parents[4] / "data" / "import" / "xzufi.yml"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`headings`: language → code of a text module → heading. `units`: name in CLDR → what exporters write."""

    headings: dict[Language, dict[str, str]]
    units: dict[str, list[str]]

    def unit(self, written: str) -> str:
        """The CLDR name of a unit of time; "" for an unknown one."""
        return next((unit for unit, names in self.units.items() if written.lower() in names), "")


@cache
def load_words() -> Words:
    """The words.

    Raises:
        InputError: the file is missing or has a mistake; named with its place.
    """
    try:
        content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
        return msgspec.convert(content, Words)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise InputError(f"{PATH.name}: {error}") from error
