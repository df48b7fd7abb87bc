"""What the fake server answers: a word in the question decides."""

import hashlib
from typing import Any

XSS = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

OFFICE = {
    "name": "Bürgerbüro",
    "address": "Am Markt 1\n29990 Auenfurt",
    "hours": "Mo bis Di: 08:00–16:00 Uhr\nDo: 08:00–12:30 Uhr und 14:00–18:00 Uhr\nFr: 08:00–12:00 Uhr",
    "url": "https://www.auenfurt.example/buergerbuero",
}
OTHER_OFFICE = {"name": "Standesamt", "address": "Am Markt 3\n29990 Auenfurt", "hours": None, "url": None}

FEES = {
    "de": "- ab 24 Jahren: 37,00 €\n- unter 24 Jahren: 22,80 €",
    "en": "- from the age of 24: €37.00\n- under the age of 24: €22.80",
}
NAME = {"de": "Personalausweis", "en": "Identity card"}


def card(language: str, **changes: Any) -> dict[str, Any]:
    """A service card with fees and one office."""
    service = {
        "id": "personalausweis",
        "name": NAME[language],
        "url": "https://www.auenfurt.example/leistungen/personalausweis",
    }
    return {
        "kind": "service",
        "service": service,
        "facets": [{"facet": "fees", "text": FEES[language], "recorded": True}],
        "offices": [OFFICE],
        "valid_as_of": "2026-09-15",
        **changes,
    }


FOLLOW_UPS = {
    "de": ["Unterlagen", "Dauer", "Termin"],
    "en": ["Documents", "Processing time", "Appointment"],
}
SERVICES = {
    "de": ["Fahrzeug ummelden", "Fahrzeug abmelden", "Wunschkennzeichen reservieren"],
    "en": ["Change a vehicle registration", "Deregister a vehicle", "Reserve a personal number plate"],
}
WORDS = {
    "choices": {
        "de": "Dazu passen mehrere Leistungen. Welche meinen Sie?",
        "en": "Several services fit. Which one do you mean?",
    },
    "fees": {
        "de": "Gebühren für „{name}“:\n{text}\n\nStand: 15.09.2026",
        "en": "Fees for “{name}”:\n{text}\n\nAs of 15 September 2026",
    },
    "crisis": {
        "de": "- 112: Feuerwehr und Rettungsdienst\n- 110: Polizei\n- 0800 1110111: Telefonseelsorge",
        "en": "- 112: fire and ambulance\n- 110: police\n- 0800 1110111: helpline",
    },
    "unknown": {
        "de": "Dazu habe ich leider nichts gefunden. Rufen Sie an: 05999 400-0.",
        "en": "I found nothing on that. Please call 05999 400-0.",
    },
}


def refusal(frame: dict[str, Any]) -> str | None:
    """The error code a message is refused with."""
    text = frame.get("text") or ""
    return "too_many_requests" if "zu viele" in text else "invalid" if "unlesbar" in text else None


def masked(text: str) -> str:
    """The text as it is kept."""
    return text.replace("DE89370400440532013000", "[IBAN]")


def stored_text(frame: dict[str, Any], messages: list[dict[str, Any]]) -> str:
    """What is kept of a message: the title of a choice, the text with an account number masked."""
    titles = {choice["choice"]: choice["title"] for message in messages for choice in message.get("choices", [])}
    return titles[frame["choice"]] if "choice" in frame else masked(frame["text"])


def answer(text: str, language: str) -> dict[str, Any]:
    """Content of the bot's message; `delay` in seconds."""
    words = text.lower()
    if "xss" in words:
        return _hostile(language)
    if "auto" in words or "car" in words.split():
        return _offer(language)
    if "fehlt" in words:
        missing = {"facet": "deadline", "text": "Dazu ist bei mir keine Frist verzeichnet.", "recorded": False}
        return {"text": missing["text"], "outcome": "service", "card": card(language, facets=[missing])}
    if "ausweis" in words or "identity" in words:
        return _fees(language, offices=[OFFICE, OTHER_OFFICE] if "zwei" in words else [OFFICE])
    if text in SERVICES[language] + FOLLOW_UPS[language]:
        return {"text": f"Antwort zu {text}.", "outcome": "service"}
    outcome = "crisis" if "notfall" in words else "unknown"
    return {"text": WORDS[outcome][language], "outcome": outcome, "delay": 1.2 if "langsam" in words else 0}


def _hostile(language: str) -> dict[str, Any]:
    office = {"name": XSS, "address": XSS, "hours": XSS, "url": "javascript:window.hacked=1"}
    hostile = card(
        language,
        service={"id": XSS, "name": XSS, "url": "javascript:window.hacked=1"},
        facets=[{"facet": "fees", "text": XSS, "recorded": True}, {"facet": XSS, "text": XSS, "recorded": False}],
        offices=[office, office],
        online_url="javascript:window.hacked=1",
    )
    return {"text": XSS, "outcome": "service", "card": hostile, "choices": [{"title": XSS, "choice": "x" * 22}]}


def _offer(language: str) -> dict[str, Any]:
    titles = SERVICES[language]
    services = [{"id": str(number), "name": title} for number, title in enumerate(titles)]
    return {
        "text": WORDS["choices"][language],
        "outcome": "choices",
        "card": {"kind": "choices", "services": services},
        "choices": _choices(titles),
    }


def _fees(language: str, *, offices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": WORDS["fees"][language].format(name=NAME[language], text=FEES[language]),
        "outcome": "service",
        "card": card(language, offices=offices, online_url="https://www.auenfurt.example/online/personalausweis"),
        "choices": _choices(FOLLOW_UPS[language]),
    }


def _choices(titles: list[str]) -> list[dict[str, str]]:
    return [{"title": title, "choice": hashlib.sha256(title.encode()).hexdigest()[:22]} for title in titles]
