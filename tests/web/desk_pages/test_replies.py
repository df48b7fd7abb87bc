"""Prepared replies in a conversation."""

from sqlalchemy import Engine

from bot.conversations.canned_replies import add_reply
from tests.conversations.desk import AT, Desk
from tests.web.desk_pages.conftest import Colleague, Stored

TEXTS = {"de": "Guten Tag, hier ist {caseworker}, {team}. {service}", "en": "Hello, this is {caseworker}, {team}."}


def prepare(desk: Desk, engine: Engine, *, team_id: int | None, name: str = "Gruß", **texts: str) -> int:
    with engine.begin() as connection:
        return add_reply(connection, team_id=team_id, name=name, texts=texts or TEXTS, by=(1, AT))


async def test_reply_is_filled_in_in_the_citizens_language(desk: Desk, anna: Colleague, engine: Engine) -> None:
    prepare(desk, engine, team_id=desk.team)
    german, english = desk.wait(), desk.wait(language="en")
    for waiting, text in (
        (german, "Guten Tag, hier ist Person anna, Bürgerservice. {service}"),  # nobody knows the service: it is seen
        (english, "Hello, this is Person anna, Citizens' services."),
    ):
        await anna.do(waiting.id, "claim")
        assert f'data-insert="{text}"' in await anna.page(f"/desk/conversations/{waiting.id}")


async def test_replies_of_other_teams_are_not_offered(desk: Desk, anna: Colleague, engine: Engine) -> None:
    foreign = prepare(desk, engine, team_id=desk.add_team("bauamt"), name="Bauamt")
    for_all = prepare(desk, engine, team_id=None, name="Alle")
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    page = await anna.page(f"/desk/conversations/{waiting.id}")
    assert f'id="reply-{for_all}"' in page
    assert f'id="reply-{foreign}"' not in page
    response = await anna.do(waiting.id, "draft", text="Schon da", reply=str(foreign))
    assert "Schon da</textarea>" in await response.text()


async def test_reply_is_put_below_what_was_written_and_not_sent(
    desk: Desk, anna: Colleague, stored: Stored, engine: Engine
) -> None:
    reply = prepare(desk, engine, team_id=desk.team, de="<b>Gern geschehen.</b>")
    waiting = desk.wait()
    await anna.do(waiting.id, "claim")
    response = await anna.do(waiting.id, "draft", text="Das war alles.", reply=str(reply))
    assert response.status == 200
    assert "Das war alles.\n\n&lt;b&gt;Gern geschehen.&lt;/b&gt;</textarea>" in await response.text()
    assert len(stored.messages(waiting)) == 1
    assert (await anna.do(waiting.id, "draft", text="x", reply="x")).status == 422
