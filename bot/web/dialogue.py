"""The way to the Rasa worker: one turn in, one turn out (the worker keeps nothing between turns)."""

from http import HTTPStatus
from typing import Annotated, Any, Protocol

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from msgspec import DecodeError, Meta, Raw, Struct, json

from bot.conversations.outcomes import Outcome
from bot.errors import ActionsUnavailableError, DialogueStateError, WorkerUnavailableError
from bot.language import Language
from bot.web.protocol.cards import Card

MAX_CHOICES = 12
NO_STATE = Raw(b"null")


class ChoiceMeaning(Struct, frozen=True, kw_only=True):
    """What pressing a button means to the worker."""

    intent: str
    entities: dict[str, Any]


class TurnRequest(Struct, frozen=True, kw_only=True):
    """One turn to work on: exactly one of text and choice; `state` is what the worker sent with the turn before."""

    conversation: str
    language: Language
    text: str | None
    choice: ChoiceMeaning | None
    context: dict[str, str]
    state: Raw


class OfferedChoice(Struct, frozen=True, kw_only=True):
    """A button the worker offers."""

    title: Annotated[str, Meta(min_length=1)]
    intent: Annotated[str, Meta(min_length=1, max_length=64)]
    entities: dict[str, Any] = {}


class Custom(Struct, frozen=True, kw_only=True):
    """What an action says beyond text."""

    outcome: Outcome | None = None
    card: Card | None = None
    choices: Annotated[list[OfferedChoice], Meta(max_length=MAX_CHOICES)] = []
    language: Language | None = None
    set_language: Language | None = None


class Output(Struct, frozen=True, kw_only=True):
    """One thing the bot says; `response` is the name of the reply it came from."""

    text: str | None = None
    response: str | None = None
    custom: Custom | None = None


class TurnAnswer(Struct, frozen=True, kw_only=True):
    """What came of a turn."""

    outputs: list[Output]
    understanding: dict[str, Any]
    state: Raw


class _WorkerErrorDetail(Struct):
    code: str


class _WorkerError(Struct):
    error: _WorkerErrorDetail


class Dialogue(Protocol):
    """Something that can answer a turn."""

    async def turn(self, request: TurnRequest) -> TurnAnswer:
        """Answer one turn.

        Raises:
            WorkerUnavailableError: no answer in time, or none that can be used.
            ActionsUnavailableError: the worker is there, its action server is not.
            DialogueStateError: the worker cannot go on from `request.state`.
        """
        ...


class WorkerDialogue:
    """The worker over HTTP."""

    def __init__(self, session: ClientSession, *, worker_url: str, timeout: float) -> None:
        self._session = session
        self._url = worker_url.rstrip("/") + "/turn"
        self._timeout = ClientTimeout(total=timeout)

    async def turn(self, request: TurnRequest) -> TurnAnswer:
        """See `Dialogue.turn`."""
        try:
            async with self._session.post(
                self._url,
                data=json.encode(request),
                headers={"Content-Type": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                body = await response.read()
        except (ClientError, TimeoutError, OSError) as error:
            raise WorkerUnavailableError(f"no answer from the worker ({type(error).__name__})") from error
        if response.status != HTTPStatus.OK:
            raise _refusal(response, body)
        try:
            return json.decode(body.decode(), type=TurnAnswer)
        except (DecodeError, UnicodeDecodeError) as error:
            raise WorkerUnavailableError("the worker's answer cannot be read") from error


def _refusal(response: ClientResponse, body: bytes) -> Exception:
    try:
        code = json.decode(body, type=_WorkerError).error.code
    except (DecodeError, UnicodeDecodeError):
        code = ""
    if code == "actions_unavailable":
        return ActionsUnavailableError("the action server does not answer the worker")
    if response.status == HTTPStatus.BAD_REQUEST:
        return DialogueStateError("the worker refused the turn")
    return WorkerUnavailableError(f"the worker answered {response.status}")
