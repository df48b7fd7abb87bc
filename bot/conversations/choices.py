"""Tokens of choices: opaque outside; inside, the first bytes say which message offered the choice."""

import base64
import secrets

NUMBER_BYTES = 4
RANDOM_BYTES = 12
LAST_NUMBER = 2**31 - 1  # what the database's integer holds


def make_choice_token(message_number: int) -> str:
    """A token for a choice that the message `message_number` offers: 22 characters, 96 bits of them random."""
    raw = message_number.to_bytes(NUMBER_BYTES) + secrets.token_bytes(RANDOM_BYTES)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def offering_message(token: str) -> int | None:
    """The number of the message that offers the choice, None for what cannot be a token."""
    try:
        raw = base64.urlsafe_b64decode(token + "==")
    except ValueError:
        return None
    number = int.from_bytes(raw[:NUMBER_BYTES])
    return number if len(raw) == NUMBER_BYTES + RANDOM_BYTES and 0 < number <= LAST_NUMBER else None
