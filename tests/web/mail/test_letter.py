"""What e-mails say, and that nothing in them can become a header or a command."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from bot.catalogue.importers.record import Town
from bot.conversations.outbox import Mail
from bot.conversations.requests import StoredRequest
from bot.web.mail.letter import compose

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
TOWN = Town(name="Bad Ölsnitz", phone="05999 400-0", url="https://www.town.example")
REQUEST: dict[str, Any] = {
    "id": 7,
    "reference": "7K2M-9XQ4",
    "conversation_id": None,
    "team_id": 1,
    "reason": "wish",
    "language": "de",
    "service_id": None,
    "shown_from": 1,
    "what": "Meine Laterne ist aus",
    "reach": "abends",
    "email": "a.berger@mail.example",
    "created_at": AT,
    "due_at": AT,
    "state": "answered",
    "assignee_id": 1,
    "note": "Nur für Kolleginnen",
    "answer": "Die Laterne brennt wieder.",
    "answered_at": AT,
    "answered_by": 1,
    "version": 1,
}


def letter(kind: Any = "answer", *, town: Town = TOWN, **values: Any) -> EmailMessage:
    """As it arrives."""
    mail = Mail(id=1, kind=kind, token="f00", queued_at=AT, tries=1, request=StoredRequest(**{**REQUEST, **values}))
    sent = compose(mail, town=town, sender="assistant@town.example").as_bytes()
    assert b"\n" not in sent.replace(b"\r\n", b"")
    assert max(map(len, sent.split(b"\r\n"))) <= 78
    message = message_from_bytes(sent, policy=default)
    assert isinstance(message, EmailMessage)
    assert [defect for header in message.values() for defect in header.defects] == message.defects == []
    return message


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def test_answer_comes_with_its_reference_the_town_and_where_to_turn_to() -> None:
    message = letter()
    assert message["Subject"] == "Antwort auf Ihr Anliegen 7K2M-9XQ4"
    assert message["From"].addresses[0].display_name == "Bad Ölsnitz"
    assert message["From"].addresses[0].addr_spec == "assistant@town.example"
    assert message["To"].addresses[0].addr_spec == "a.berger@mail.example"
    text = text_of(message)
    assert text.startswith("Antwort auf Ihr Anliegen 7K2M-9XQ4:\n\nDie Laterne brennt wieder.\n\n")
    assert "Bitte antworten Sie nicht auf diese E-Mail" in text
    assert "https://www.town.example" in text
    assert "05999 400-0" in text
    assert text.endswith("Bad Ölsnitz\n")


def test_headers_say_that_a_program_sent_it() -> None:
    message = letter()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<f00@town.example>"
    assert message["Date"].datetime == AT
    assert message["Content-Language"] == "de"
    assert (message.get_content_type(), message.get_content_charset()) == ("text/plain", "utf-8")


def test_confirmation_names_the_reference_and_nothing_that_was_written() -> None:
    message = letter("taken", answer="")
    assert message["Subject"] == "Ihr Anliegen 7K2M-9XQ4 ist aufgenommen"
    text = text_of(message)
    assert "Die Antwort soll bis Montag, 4. Mai, 11:00 Uhr da sein." in text
    for written in ("Laterne", "abends", "Kolleginnen"):
        assert written not in message.as_string()


def test_english_request_gets_english_words() -> None:
    message = letter(language="en", answer="Your street lamp works again.")
    assert message["Subject"] == "Answer to your request 7K2M-9XQ4"
    assert "Please do not reply to this email." in text_of(message)
    assert "We have" not in text_of(message)
    assert letter("taken", language="en")["Subject"] == "We have your request 7K2M-9XQ4"


def test_town_without_a_website_is_reached_by_telephone() -> None:
    text = text_of(letter(town=Town(name="Auenfurt")))
    assert "Telefonisch erreichen Sie uns unter 115." in text
    assert "Chat" not in text


@pytest.mark.parametrize(
    "answer",
    ["a\nBcc: other@mail.example\n\nb", ".\n.\nQUIT\n..", "ä" * 2_000, "\u2028 \u202e <b>fett</b>", "From x\nFrom y"],
)
def test_answer_arrives_as_it_was_written(answer: str) -> None:
    message = letter(answer=answer)
    assert answer in text_of(message)
    assert message["Bcc"] is None


def test_no_field_becomes_a_header() -> None:
    evil = "Auenfurt\r\nBcc: other@mail.example"
    message = letter(town=Town(name=evil, phone=evil, url=evil), answer=evil, reference="A\tB")
    assert message["Bcc"] is None
    assert message["From"].addresses[0].display_name == "Auenfurt Bcc: other@mail.example"
    for email in ("a@mail.example\r\nBcc: b@mail.example", "a@mail.example, b@mail.example", "x"):
        with pytest.raises((ValueError, IndexError)):
            letter(email=email)
