"""What web says by itself in the widget while a caseworker has the conversation."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import BrowserContext, expect

from bot.web.chat.handoff_texts import say
from bot.web.chat.signposts import load_signposts
from bot.web.i18n import say_masked
from bot.web.keys import DESK_MOVES
from tests.browser.test_handoff import SCREENSHOTS, context, desk, no_violations, opened, web  # noqa: F401 - fixtures
from tests.web.desk import Desk


@pytest.mark.parametrize("width", [360, 1280])
async def test_hidden_data_and_emergencies_while_a_human_answers(
    context: BrowserContext,  # noqa: F811
    web: TestServer,  # noqa: F811
    desk: Desk,  # noqa: F811
    width: int,
) -> None:
    anna = desk.add_caseworker()
    desk.enter(anna)
    chat = await opened(context, web)
    await chat.page.set_viewport_size({"width": width, "height": 900})
    await chat.button(say("wish", "de")).click()
    await expect(chat.log).to_contain_text(say("offer_personal", "de"))
    await no_violations(chat)
    await chat.page.screenshot(path=SCREENSHOTS / f"de-{width}-offer_personal.png")
    await chat.button(say("accept", "de")).click()
    await expect(chat.state).to_contain_text("Warteschlange, Platz 1.")
    [waiting] = desk.queue()
    await web.app[DESK_MOVES].claim(waiting.id, desk.deed(anna))
    await expect(chat.state).to_contain_text("Sie schreiben jetzt mit einem Menschen")
    await chat.send("Meine IBAN ist DE02 1203 0000 0000 2020 51")
    await expect(chat.log).to_contain_text(say_masked(["iban"], language="de", is_kept=True))
    await chat.send("Ich will nicht mehr leben")
    await expect(chat.log).to_contain_text(load_signposts()["de"].splitlines()[0])
    await no_violations(chat)
    await chat.page.screenshot(path=SCREENSHOTS / f"de-{width}-aside.png")
