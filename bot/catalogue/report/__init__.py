"""What an editor should look at in a catalogue: sections, each a small function from facts to findings."""

from collections.abc import Collection, Mapping

from bot.catalogue.report.dates import find_expired, find_expiring, find_stale, find_undated, find_waiting
from bot.catalogue.report.duplicates import find_duplicates
from bot.catalogue.report.facts import Facts, Finding, Section
from bot.catalogue.report.gaps import find_empty_facets, find_missing_texts, find_without_office
from bot.catalogue.report.links import find_broken_links
from bot.catalogue.report.reach import find_missed_words, find_unreached

SECTIONS: tuple[Section, ...] = (
    Section("stale", "not looked at for long; since when", find_stale),
    Section("undated", "without a date, so that answers name none", find_undated),
    Section("expiring", "valid only until", find_expiring),
    Section("expired", "no longer valid, not answered; since after", find_expired),
    Section("waiting", "not valid yet, not answered; from", find_waiting),
    Section("empty_facets", "nothing recorded on", find_empty_facets),
    Section("no_office", "without an office to ask", find_without_office),
    Section("no_text", "without a text in", find_missing_texts),
    Section("duplicates", "perhaps the same as", find_duplicates),
    Section("unreached", "not found first by its own name; found instead", find_unreached),
    Section("missed_words", "words of citizens that matched nothing; in how many messages", find_missed_words),
    Section("broken_links", "pages that were not there when they were last asked for", find_broken_links),
)
NAMES = tuple(section.name for section in SECTIONS)


def make_report(facts: Facts, sections: Collection[str] = NAMES) -> Mapping[str, list[Finding]]:
    """The findings of the named sections, in the order of `SECTIONS`."""
    return {section.name: list(section.find(facts)) for section in SECTIONS if section.name in sections}
