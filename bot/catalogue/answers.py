"""What the catalogue says about one facet of one service: text, short text, language and date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.catalogue.brief import MOST_SENTENCES, begin
from bot.catalogue.importers.record import OfficeRecord, ServiceRecord
from bot.catalogue.office_texts import OFFICES_IN_TEXT, Moment, offices_tell, offices_text
from bot.catalogue.queries import Catalogue
from bot.catalogue.render import office_name
from bot.catalogue.wordings import amounts_text, own_text, says
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, Language
from bot.phrases import load_phrases


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A plain text in `language`. `short` is the beginning of it that is said; the same where all of it is."""

    text: str
    short: str
    language: Language


@dataclass(frozen=True, kw_only=True)
class FacetAnswer:
    """No wording where nothing is recorded; the reason where the facet is switched off.

    Two, where data can be told in the language of the question and the town's own words are German: these come second.
    `as_of` is the date of what is told, None where nobody knows it.
    """

    facet: Facet
    wordings: tuple[Wording, ...] = ()
    switched_off: bool = False
    as_of: date | None = None

    @property
    def recorded(self) -> bool:
        """Whether the catalogue says anything on the facet, and may."""
        return bool(self.wordings) and not self.switched_off


def answer_facet(
    catalogue: Catalogue, service: ServiceRecord, facet: Facet, language: Language, *, moment: Moment | None = None
) -> FacetAnswer:
    """The facet in `language`; the German wording where the catalogue has no other.

    A facet that is switched off is answered by the reason. With `moment`, offices are told to be open or not.
    """
    if reasons := _reasons(catalogue, service, facet):
        spoken = language if language in reasons else DEFAULT_LANGUAGE
        reason = Wording(text=reasons[spoken], short=reasons[spoken], language=spoken)
        return FacetAnswer(facet=facet, wordings=(reason,), switched_off=True)
    own = own_text(service, facet, language)
    foreign = "" if own else own_text(service, facet, DEFAULT_LANGUAGE)
    offices = offices_of(catalogue, service)
    # The service has hours of its own: whether the office is open is another question.
    told_when = None if facet == "opening_hours" and (own or foreign) else moment
    of_offices = offices_text(offices, facet, language, moment=told_when)
    data = of_offices or _links(service, facet, language, own=own or foreign)
    if facet == "fees" and foreign and language != DEFAULT_LANGUAGE:
        data = amounts_text(service, language)
    wordings = []
    if data or own:
        wordings.append(_joined(own, data, language, own_first=facet == "opening_hours"))
    if foreign:
        sentences = MOST_SENTENCES - 1 if wordings else MOST_SENTENCES
        wordings.append(_wording(foreign, DEFAULT_LANGUAGE, sentences=sentences))
    as_of = _date_of(service, offices if of_offices else (), has_own=bool(own or foreign))
    return FacetAnswer(facet=facet, wordings=tuple(wordings), as_of=as_of)


def spoken_answer(answer: FacetAnswer, url: str, language: Language) -> str:
    """What is said of the answer, as plain text; `url` is where the rest of a long text can be read.

    What is in another language than `language` is announced.
    """
    phrases = load_phrases("answers", language)
    paragraphs = []
    for number, wording in enumerate(answer.wordings):
        announced = (
            f"{phrases['german_wording' if number else 'german_only']}\n" if wording.language != language else ""
        )
        paragraphs.append(announced + wording.short)
    if any(wording.short != wording.text for wording in answer.wordings):
        is_new = url and not any(url in paragraph for paragraph in paragraphs)
        paragraphs[-1] += "\n" + (phrases["more_at"].format(url=url) if is_new else phrases["more"])
    return "\n\n".join(paragraphs)


def is_recorded(catalogue: Catalogue, service: ServiceRecord, facet: Facet) -> bool:
    """What `answer_facet(…).recorded` is in any language, for less."""
    if _reasons(catalogue, service, facet):
        return False
    linked = {
        "find": service.url,
        "online": service.online_url,
        "appointment": service.appointment_url or service.appointment_minutes,
    }
    return bool(says(service, facet) or linked.get(facet) or offices_tell(offices_of(catalogue, service), facet))


def is_switched_off(catalogue: Catalogue, service: ServiceRecord, facet: Facet) -> bool:
    """Whether the facet, or all of the service, is answered by a reason."""
    return _reasons(catalogue, service, facet) is not None


def date_of(answers: Iterable[FacetAnswer]) -> date | None:
    """The date of what the answers tell: the oldest one. None where nobody knows it; none is guessed."""
    return min((answer.as_of for answer in answers if answer.as_of), default=None)


def offices_of(catalogue: Catalogue, service: ServiceRecord) -> list[OfficeRecord]:
    """The service's offices, the main one first."""
    return [catalogue.offices[link.office_id] for link in service.offices if link.office_id in catalogue.offices]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who can tell what the catalogue does not: the service's main office, else the town."""

    office: str
    phone: str


def contact_of(catalogue: Catalogue, service: ServiceRecord, language: Language) -> Contact:
    """The first office of the service, with the town's number where it has none of its own."""
    town = catalogue.town
    for office in offices_of(catalogue, service)[:1]:
        return Contact(office=office_name(office, language), phone=office.phone or town.phone)
    name = load_phrases("answers", language)["town_office"].format(town=town.name)
    return Contact(office=name, phone=town.phone)


def _reasons(catalogue: Catalogue, service: ServiceRecord, facet: Facet) -> Mapping[Language, str] | None:
    """Why the facet, or all of the service, is switched off; None where it is not."""
    off = catalogue.switched_off
    return off.get((service.id, None)) or off.get((service.id, facet))


def _wording(text: str, language: Language, *, sentences: int = MOST_SENTENCES) -> Wording:
    return Wording(text=text, short=begin(text, sentences=sentences), language=language)


def _joined(own: str, data: str, language: Language, *, own_first: bool) -> Wording:
    """The town's own words and what data say. Data are said whole: an address, hours, a link, amounts."""
    if not (own and data):
        return Wording(text=data, short=data, language=language) if data else _wording(own, language)
    short = begin(own, sentences=MOST_SENTENCES - 1)
    if own_first:
        text = f"{own}\n\n{data}"
        return Wording(text=text, short=text if short == own else short, language=language)
    return Wording(text=f"{data}\n\n{own}", short=f"{data}\n\n{short}", language=language)


def _date_of(service: ServiceRecord, offices: Sequence[OfficeRecord], *, has_own: bool) -> date | None:
    """The oldest date of those entries the text was made from, as far as they have one."""
    of_offices = [office.source_date for office in offices[:OFFICES_IN_TEXT] if office.source_date]
    if (has_own or not of_offices) and service.source_date:
        of_offices.append(service.source_date)
    return min(of_offices, default=None)


def _links(service: ServiceRecord, facet: Facet, language: Language, *, own: str) -> str:
    phrases = load_phrases("answers", language)
    lines = []
    if facet == "appointment":
        if service.appointment_url:
            lines.append(phrases["appointment_url"].format(url=service.appointment_url))
        if service.appointment_minutes and not own:
            lines.append(phrases["appointment_minutes"].format(minutes=service.appointment_minutes))
    if facet == "online" and service.online_url:
        lines.append(phrases["online_url"].format(url=service.online_url))
    if facet == "find" and service.url and not own:
        # Some entries are a name alone; what there is to say stands on the town's page.
        lines.append(phrases["page_url"].format(url=service.url))
    return "\n".join(lines)
