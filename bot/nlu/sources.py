"""Where a written answer comes from: source and date in a reply's `metadata`, said below the reply.

`metadata: {valid_as_of: 2026-11-22, source: "https://www.115.de"}` stands at a variation of a reply. The source may be
"{town_url}", the website of the town as web sends it with each turn, or null where there is nothing to read up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Optional

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import TrainingDataError
from bot.language import Language
from bot.phrases import render_date

TOWN_URL = "town_url"  # the slot
WITH_SOURCE, WITHOUT_SOURCE = "utter_source", "utter_valid_as_of"


@dataclass(frozen=True)
class Source:
    """When a reply was last checked, and the page where it can be read up."""

    valid_as_of: date
    url: Optional[str]


def read_source(metadata: Any) -> Optional[Source]:
    """The source in the `metadata` of a reply; None where it names no date.

    Raises:
        TrainingDataError: the date is none, or the source is no text.
    """
    if not isinstance(metadata, Mapping) or "valid_as_of" not in metadata:
        return None
    try:
        valid_as_of = date.fromisoformat(str(metadata["valid_as_of"]))
    except ValueError as error:
        raise TrainingDataError(f"valid_as_of: {metadata['valid_as_of']} is no date like 2026-11-22") from error
    url = metadata.get("source")
    if url is not None and not isinstance(url, str):
        raise TrainingDataError(f"source: {url} is no address")
    return Source(valid_as_of, url)


async def say_source(
    metadata: Any, tracker: DialogueStateTracker, nlg: NaturalLanguageGenerator, *, channel: str, language: Language
) -> Optional[dict[str, Any]]:
    """The output below a reply with this `metadata`: the line for the citizen, and the card; None without a source."""
    source = read_source(metadata)
    if source is None:
        return None
    url = _town_url(tracker) if source.url == f"{{{TOWN_URL}}}" else source.url
    name = WITH_SOURCE if url else WITHOUT_SOURCE
    day = render_date(source.valid_as_of, language)
    message = await nlg.generate(name, tracker, channel, source=url, date=day) or {}
    card = {"kind": "faq", "valid_as_of": source.valid_as_of.isoformat(), "source": url}
    return {"text": message.get("text"), "response": name, "custom": {"card": card}}


def _town_url(tracker: DialogueStateTracker) -> Optional[str]:
    """As the catalogue has it: a town may have none, or one without "https://", which is no link."""
    url = tracker.get_slot(TOWN_URL)
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else None
