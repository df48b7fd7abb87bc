"""The widget as a citizen meets it, in the words of its interface."""

import re
from dataclasses import dataclass
from typing import Self

from playwright.async_api import BrowserContext, Locator, Page, expect

WORDS = {
    "de": {
        "open": "Frage stellen",
        "accept": "Verstanden, weiter",
        "question": "Ihre Frage",
        "close": "Chat schließen",
        "erase": "Unterhaltung löschen",
        "confirm": "Löschen",
        "keep": "Behalten",
        "download": "Unterhaltung herunterladen",
        "retry": "Noch einmal senden",
        "discard": "Verwerfen",
        "helpful": "Hilfreich",
        "unhelpful": "Nicht hilfreich",
        "rating": "War diese Antwort hilfreich?",
        "comment": "Danke. Möchten Sie etwas dazu sagen? Bitte ohne persönliche Daten.",
        "thanks": "Danke für Ihre Rückmeldung.",
        "send": "Senden",
        "skip": "Überspringen",
    },
    "en": {
        "open": "Ask a question",
        "accept": "I understand, continue",
        "question": "Your question",
        "close": "Close chat",
        "erase": "Delete conversation",
        "confirm": "Delete",
        "keep": "Keep",
        "download": "Download conversation",
        "retry": "Send again",
        "discard": "Discard",
        "helpful": "Helpful",
        "unhelpful": "Not helpful",
        "rating": "Was this answer helpful?",
        "comment": "Thank you. Would you like to add something? Please no personal details.",
        "thanks": "Thank you for your feedback.",
        "send": "Send",
        "skip": "Skip",
    },
}
FOCUSED = """() => {
    let node = document.activeElement;
    while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node.id || node.className || node.localName;
}"""


@dataclass
class Chat:
    """The widget on one page."""

    page: Page
    language: str = "de"

    @classmethod
    async def at(cls, context: BrowserContext, address: str, *, language: str = "de") -> Self:
        page = await context.new_page()
        await page.goto(address)
        await page.locator("stadtlotse-chat").wait_for(state="attached")
        return cls(page, language)

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".launcher")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def input(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile(f"^{self.words['question']}"))

    @property
    def messages(self) -> Locator:
        return self.log.locator(".message:not(.greeting)")

    @property
    def answers(self) -> Locator:
        return self.log.locator(".bot:not(.greeting)")

    @property
    def questions(self) -> Locator:
        return self.log.locator(".citizen")

    @property
    def state(self) -> Locator:
        return self.page.locator(".state")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=self.words.get(name, name), exact=True)

    async def open(self) -> None:
        await self.launcher.click()
        await expect(self.dialog).to_be_visible()

    async def start(self) -> None:
        """Opened, notice accepted."""
        await self.open()
        await self.button("accept").click()
        await expect(self.input).to_be_focused()

    async def send(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")

    async def ask(self, text: str) -> Locator:
        """Sends a question and waits for one more answer."""
        count = await self.answers.count()
        await self.send(text)
        answer = self.answers.nth(count)
        await expect(answer).to_be_visible()
        return answer

    async def choose_option(self, name: str) -> None:
        await self.page.locator("summary.icon").click()
        await self.button(name).click()

    async def erase(self) -> None:
        await self.choose_option("erase")
        await self.button("confirm").click()

    async def stored(self) -> list[str]:
        """All of the page's local storage."""
        return await self.page.evaluate("Object.entries(localStorage).flat()")

    async def focused(self) -> str:
        """The focused element, through the shadow tree: its id, class or tag."""
        return await self.page.evaluate(FOCUSED)
