"""A prepared reply as a form has it, and how it would read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.conversations.canned_replies import NAME_LENGTH, PLACEHOLDERS, CannedReply, fill_in
from bot.errors import InputError
from bot.language import LANGUAGES, Language
from bot.phrases import load_phrases
from bot.staff.roles import Team
from bot.web.desk.forms import TEXT_LENGTH, read_text
from bot.web.desk.placeholders import own_values
from bot.web.staff.forms import read_form, read_id

TYPED_LENGTH = TEXT_LENGTH + 1_000  # what is too long is told at its field, with the text still there


@dataclass(frozen=True, kw_only=True)
class ReplyForm:
    """What was typed. `version` is when the reply was changed last, as its writer read it; None for a new one."""

    team_id: int | None
    name: str
    texts: Mapping[Language, str]
    version: datetime | None = None
    is_preview: bool = False


NEW = ReplyForm(team_id=None, name="", texts={})


def show_reply(reply: CannedReply) -> ReplyForm:
    """The form as it is filled in for this reply."""
    return ReplyForm(team_id=reply.team_id, name=reply.name, texts=reply.texts, version=reply.changed_at)


async def read_reply_form(request: web.Request) -> ReplyForm:
    """What was sent.

    Raises:
        InputError: a field is not what a page of ours sends.
    """
    form = await read_form(request)
    texts = {language: await read_text(request, f"text_{language}", longest=TYPED_LENGTH) for language in LANGUAGES}
    return ReplyForm(
        team_id=read_id(form.text("team")) if form.text("team") else None,
        name=form.text("name").strip()[: NAME_LENGTH + 1],
        texts=texts,
        version=_moment(form.text("version")),
        is_preview=form.text("do") == "preview",
    )


def preview(request: web.Request, form: ReplyForm, team: Team | None) -> dict[Language, str]:
    """How each text would read; what only a conversation tells is named in brackets."""
    shown: dict[Language, str] = {}
    for language, text in form.texts.items():
        if not text:
            continue
        phrases = load_phrases("desk_replies", language)
        values = {placeholder: f"[{phrases[f'placeholder_{placeholder}']}]" for placeholder in PLACEHOLDERS}
        shown[language] = fill_in(text, values | own_values(request, team, language))
    return shown


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("version: this is no moment") from error
    if moment.tzinfo is None:
        raise InputError("version: this is no moment")
    return moment
