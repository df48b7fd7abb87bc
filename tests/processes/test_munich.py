"""The real Munich catalogue, imported and asked. Skipped where the shared data are not at hand."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest

from bot.web.client import Client
from tests.processes.running import ROOT, Running, running_stadtlotse

SHARED = ROOT.parent / "shared" / "data"
MUNICH = SHARED / "munich"
QUESTIONS = SHARED / "questions"

pytestmark = [
    pytest.mark.skipif(not MUNICH.exists(), reason=f"the Munich catalogue is not at {MUNICH}"),
    pytest.mark.figures,
]


@pytest.fixture(scope="module")
def munich(new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    url = new_database("munich")
    files = [str(MUNICH / "services_de.json"), str(MUNICH / "locations_de.json")]
    imported = subprocess.run(
        [sys.executable, "-m", "bot", "import", "dldb", *files],
        cwd=ROOT,
        env=os.environ | {"STADTLOTSE_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "287 added" in imported.stdout
    with running_stadtlotse(tmp_path_factory.mktemp("munich"), url) as running:
        yield running


async def test_questions_of_munich_are_answered(munich: Running) -> None:
    lines = (QUESTIONS / "questions_de.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    right = 0
    async with Client(munich.origin) as citizen:
        for question in asked:
            await citizen.start("de")
            message = (await citizen.say(question["q"]))[-1]
            card = message.get("card") or {}
            right += card.get("kind") == "service" and card["service"]["id"] in question["ids"]
    assert right >= 10


async def test_the_demo_town_is_not_mixed_in(munich: Running) -> None:
    async with Client(munich.origin) as citizen:
        await citizen.start("de")
        (message,) = await citizen.say("Hallo")
    assert "Auenfurt" not in message["text"]
    assert "München" in message["text"]


def test_the_page_names_munich(munich: Running) -> None:
    with urlopen(f"{munich.origin}/", timeout=5) as response:
        page = response.read().decode()
    assert "München" in page
