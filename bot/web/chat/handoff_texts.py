"""Sentences about talking to a human (locales/handoff.<language>.yml), put together."""

from datetime import datetime

from babel.dates import format_date, format_time

from bot.catalogue.validity import TOWN_TIME
from bot.conversations.requests import StoredRequest
from bot.conversations.waiting import Place
from bot.language import Language
from bot.phrases import REGIONS, load_phrases
from bot.web.chat.availability import Availability


def say(name: str, language: Language, **values: object) -> str:
    """One phrase."""
    return load_phrases("handoff", language)[name].format(**values)


def say_offer(availability: Availability | None, language: Language, *, ahead: int, phone: str) -> str:
    """What is possible now; `ahead` is how many wait already."""
    if availability is None:
        return say("no_desk", language, phone=phone)
    if not availability.is_open:
        opens = availability.opens
        return _joined(
            say("offer_closed", language),
            say("offer_opens", language, moment=render_moment(opens, language)) if opens else "",
            say("offer_request", language, due=render_moment(availability.due_at, language), phone=phone),
        )
    queue = "" if ahead == 0 else say("offer_queue_one" if ahead == 1 else "offer_queue", language, count=ahead)
    offer = _joined(say("offer_open", language), queue, say("offer_history", language))
    return f"{offer}\n\n{say('offer_personal', language)}"


def say_place(place: Place, language: Language) -> str:
    """Position, waiting time where it is known, and that the bot goes on answering."""
    return _joined(
        say("waiting", language, position=place.position),
        _minutes(place, language),
        say("meanwhile", language),
    )


def say_taken(request: StoredRequest, language: Language, *, by_mail: bool) -> str:
    """That the request is taken, how to refer to it and until when; `by_mail`: an address given gets the answer too."""
    due = render_moment(request.due_at, language)
    taken = say("request_taken", language, reference=request.reference, due=due)
    email = "request_answer_email" if by_mail else "request_email"
    return _joined(taken, say(email, language) if request.email else "")


def render_moment(moment: datetime, language: Language) -> str:
    """ "Montag, 4. Mai, 8:00 Uhr", in the town's time."""
    local = moment.astimezone(TOWN_TIME)
    region = REGIONS[language]
    day = format_date(local, "EEEE, d. MMMM" if language == "de" else "EEEE d MMMM", locale=region)
    time = format_time(local, "H:mm 'Uhr'" if language == "de" else "h:mm a", locale=region)
    return f"{day}, {time}"


def _minutes(place: Place, language: Language) -> str:
    if place.minutes is None:
        return ""
    return say("minutes_one" if place.minutes == 1 else "minutes", language, minutes=place.minutes)


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
