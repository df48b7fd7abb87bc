"""One contract test, or more, for everything in bot/nlu/deviations: what stock Rasa does, and what is relied on."""

import asyncio
import copy
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import rasa
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.errors import ActionsUnavailableError, NotFoundError, TrainingDataError
from bot.nlu.deviations import RASA_VERSION, check_version, unused
from bot.nlu.deviations.actions import ANSWER_VALIDATOR, ActionEndpoint, ShortRemoteAction
from bot.nlu.deviations.events import remember_types
from bot.nlu.deviations.processor import TurnProcessor
from bot.nlu.state import StateStore
from tests.rasa.action_server import FEES, FakeActionServer
from tests.rasa.conftest import ROOT


@pytest.fixture(scope="module")
def processor(model: Path) -> TurnProcessor:
    return TurnProcessor(model, action_endpoint=ActionEndpoint("http://127.0.0.1:9", timeout=1))


async def heard(processor: TurnProcessor, text: str) -> DialogueStateTracker:
    """A tracker to which the citizen has just said `text`."""
    tracker = StateStore(processor.domain).open(None, conversation="c-1", context={"town": "Auenfurt"})
    message = UserMessage(text, None, "c-1", metadata={"language": "de"})
    await processor._handle_message_with_tracker(message, tracker)
    return tracker


# The version


def test_the_installed_rasa_is_the_one_this_is_written_for() -> None:
    assert rasa.__version__ == RASA_VERSION


@pytest.mark.parametrize("version", ["3.6.20", "3.7.0", "4.0"])
def test_any_other_rasa_is_refused(version: str) -> None:
    with pytest.raises(ImportError, match=f"Rasa {version} is installed, but .* is written for 3.6.21"):
        check_version(version)


# unused.leave_out


@pytest.mark.parametrize("name", [*unused.UNUSED, *unused.REDUCED, *unused.REDUCED.values()])
def test_what_is_left_out_is_there_in_stock_rasa(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


def run_python(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return result.stdout


def test_nothing_of_tensorflow_is_loaded_with_a_model(model: Path) -> None:
    output = run_python(
        "import sys\n"
        "from bot.nlu.deviations.unused import leave_out\n"
        "leave_out()\n"
        "from pathlib import Path\n"
        "from bot.nlu.deviations.actions import ActionEndpoint\n"
        "from bot.nlu.deviations.processor import TurnProcessor\n"
        f"TurnProcessor(Path({str(model)!r}), action_endpoint=ActionEndpoint('http://127.0.0.1:9', timeout=1))\n"
        "print(*sorted({name.partition('.')[0] for name, module in sys.modules.items() if module is not None}))"
    )
    loaded = set(output.split())
    assert {"rasa", "spacy"} <= loaded
    assert loaded.isdisjoint(
        {"tensorflow", "keras", "sklearn", "matplotlib", "boto3", "pymongo", "slack_sdk", "twilio"}
    )


def test_using_what_was_left_out_is_an_error_that_says_so() -> None:
    output = run_python(
        "from bot.nlu.deviations.unused import leave_out\n"
        "leave_out()\n"
        "from rasa.core.tracker_store import SQLTrackerStore\n"
        "from rasa.core.channels import UserMessage\n"
        "print(UserMessage('Hallo').text)\n"
        "try:\n"
        "    SQLTrackerStore(None)\n"
        "except RuntimeError as error:\n"
        "    print(error)"
    )
    assert output.splitlines() == ["Hallo", "rasa.core.tracker_store.SQLTrackerStore is left out of the worker"]


def test_leaving_out_too_late_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"imported before leave_out\(\) was called: .*rasa\.core\.tracker_store"):
        unused.leave_out()


# actions.ANSWER_VALIDATOR

GOOD_ANSWERS = [
    {"events": [], "responses": []},
    {},
    {"events": [{"event": "slot", "name": "service", "value": "pass", "timestamp": None}], "responses": [FEES]},
    {"events": [{"event": "followup", "name": "action_listen"}], "responses": []},
    {"events": [{"event": "action", "name": None, "confidence": 0.5, "timestamp": 1.5, "metadata": {"a": 1}}]},
    {"events": [{"event": "entities", "entities": [{"entity": "service", "value": 7}]}, {"event": "restart"}]},
]
BAD_ANSWERS = [
    {"events": "none"},
    {"events": [{"event": "slot"}]},
    {"events": [{"event": "no such event"}]},
    {"events": [7]},
    {"events": [{"event": 7}]},
    {"events": [{"name": "service"}]},
    {"events": [{"event": "slot", "name": "service"}]},
    {"events": [{"event": "restart"}, {"event": "action", "name": 7}]},
    {"events": [{"event": "entities", "entities": [{"entity": "service"}]}]},
    {"events": [{"event": "restart", "timestamp": "now"}]},
    {"events": [{"event": "restart", "metadata": []}]},
    "text",
    None,
    {"responses": {}},
    {"responses": ["text"]},
]


@pytest.mark.parametrize("answer", GOOD_ANSWERS)
def test_validators_accept_the_same_answers(answer: dict[str, Any]) -> None:
    assert RemoteAction("action_x", None)._validate_action_result(answer)
    assert ShortRemoteAction("action_x", None)._validate_action_result(answer)


@pytest.mark.parametrize("answer", BAD_ANSWERS)
def test_validators_refuse_the_same_answers(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RemoteAction("action_x", None)._validate_action_result(answer)
    with pytest.raises(ActionsUnavailableError, match="action_x answered something else"):
        ShortRemoteAction("action_x", None)._validate_action_result(answer)


def test_the_compiled_validator_is_many_times_faster() -> None:
    answer = GOOD_ANSWERS[2]

    def seconds(validate: Any) -> float:
        started = time.perf_counter()
        for _ in range(5):
            validate(answer)
        return time.perf_counter() - started

    assert seconds(RemoteAction("action_x", None)._validate_action_result) > 5 * seconds(ANSWER_VALIDATOR.validate)


# actions.ShortRemoteAction


async def test_the_short_payload_says_the_same_of_the_turn_as_the_stock_one(processor: TurnProcessor) -> None:
    tracker = await heard(processor, "was kostet ein reisepass")
    stock = RemoteAction("action_x", None)._action_call_format(tracker, processor.domain)
    short = ShortRemoteAction("action_x", None)._action_call_format(tracker, processor.domain)
    assert short["domain"] == {}
    for key in ("next_action", "sender_id", "version"):
        assert short[key] == stock[key]
    for key in ("sender_id", "slots", "latest_action_name", "paused", "followup_action", "active_loop"):
        assert short["tracker"][key] == stock["tracker"][key], key
    for key in ("text", "intent", "entities", "intent_ranking"):
        assert short["tracker"]["latest_message"][key] == stock["tracker"]["latest_message"][key], key
    assert short["tracker"]["latest_message"]["metadata"] == {"language": "de"}
    assert [event["event"] for event in short["tracker"]["events"]] == ["user"]
    assert short["tracker"]["events"] == stock["tracker"]["events"][-1:]
    assert len(json.dumps(short)) < len(json.dumps(stock)) / 2


ACTION = """
from rasa_sdk import Action
from rasa_sdk.events import SlotSet


class Echo(Action):
    def name(self):
        return "action_answer_service"

    def run(self, dispatcher, tracker, domain):
        assert not domain
        if tracker.latest_message["text"] == "fail":
            raise RuntimeError("on purpose")
        dispatcher.utter_message(
            response="utter_answer_fees",
            service=tracker.get_slot("town"),
            answer=tracker.latest_message["intent"]["name"],
            json_message={"outcome": "service", "language": tracker.latest_message["metadata"]["language"]},
        )
        return [SlotSet("service", "pass"), SlotSet("offered", ["1", "2"])]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], cwd: Path, health: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ}
    ) as process:
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(health, timeout=1)
                    break
                except OSError:
                    assert process.poll() is None, process.communicate()[0]
                    time.sleep(0.1)
            yield process
        finally:
            process.kill()


SDK_PYTHON = ROOT / ".venv" / "bin" / "python"


@pytest.mark.skipif(not SDK_PYTHON.exists(), reason="no .venv with rasa-sdk; scripts/setup.sh test makes it")
async def test_the_current_rasa_sdk_understands_the_short_payload(model: Path, tmp_path: Path) -> None:
    (tmp_path / "actions.py").write_text(ACTION)
    port = free_port()
    command = [str(SDK_PYTHON), "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    with running(command, tmp_path, f"http://127.0.0.1:{port}/health"):
        endpoint = ActionEndpoint(f"http://127.0.0.1:{port}", timeout=5)
        processor = TurnProcessor(model, action_endpoint=endpoint)
        try:
            tracker = await heard(processor, "was kostet ein reisepass")
            channel = CollectingOutputChannel()
            await processor._run_prediction_loop(channel, tracker)
            assert [message.get("text") for message in channel.messages] == ["Gebühren für „Auenfurt“: ask_fees", None]
            assert channel.messages[1]["custom"] == {"outcome": "service", "language": "de"}
            assert (tracker.get_slot("service"), tracker.get_slot("offered")) == ("pass", ["1", "2"])

            failing = await heard(processor, "fail")
            with pytest.raises(ActionsUnavailableError, match="status 500"):
                await ShortRemoteAction("action_answer_service", endpoint).run(
                    channel, processor.nlg, failing, processor.domain
                )
            without_domain = ShortRemoteAction("action_answer_service", endpoint)._action_call_format(
                tracker, processor.domain
            )
            del without_domain["domain"]
            with pytest.raises(ActionsUnavailableError, match="status 449"):
                await endpoint.request(json=without_domain)
        finally:
            await endpoint.close()


# actions.ActionEndpoint


async def test_calls_share_one_connection(actions: FakeActionServer) -> None:
    endpoint = ActionEndpoint(actions.url, timeout=1)
    for _ in range(5):
        await endpoint.request(json={})
    await endpoint.close()
    assert len(actions.connections) == 1


async def test_a_connection_closed_at_the_other_end_is_opened_again() -> None:
    served = 0

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        await reader.readuntil(b"{}")
        served += 1
        if served > 1 and served % 2 == 0:  # the second call of each connection is met by a hang-up
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await answer_once(reader, writer)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer_once(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = ActionEndpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=2)
    assert await endpoint.request(json={}) == {}
    assert await endpoint.request(json={}) == {}
    assert served == 3
    await endpoint.close()
    server.close()


# processor.TurnProcessor


async def test_stock_rasa_goes_on_when_an_action_fails_and_the_worker_does_not(
    model: Path, actions: FakeActionServer, processor: TurnProcessor
) -> None:
    actions.status = 500
    stock = MessageProcessor(
        model,
        InMemoryTrackerStore(None),
        None,  # type: ignore[arg-type]
        TemplatedNaturalLanguageGenerator({}),
        action_endpoint=rasa.utils.endpoints.EndpointConfig(f"{actions.url}/webhook"),
    )
    tracker = await heard(processor, "was kostet ein reisepass")
    await stock._run_prediction_loop(CollectingOutputChannel(), tracker)
    assert tracker.latest_action_name == "action_listen"

    tracker = await heard(processor, "was kostet ein reisepass")
    with pytest.raises(ActionsUnavailableError):
        await processor._run_prediction_loop(CollectingOutputChannel(), tracker)


async def test_a_turn_leaves_the_same_tracker_as_in_stock_rasa(model: Path, actions: FakeActionServer) -> None:
    actions.answer = {
        "events": [{"event": "slot", "name": "service", "value": "pass", "timestamp": None}],
        "responses": [FEES],
    }
    endpoint = ActionEndpoint(actions.url, timeout=1)
    ours = TurnProcessor(model, action_endpoint=endpoint)
    stock = MessageProcessor(
        model,
        InMemoryTrackerStore(None),
        None,  # type: ignore[arg-type]
        TemplatedNaturalLanguageGenerator(ours.domain.responses),
        action_endpoint=rasa.utils.endpoints.EndpointConfig(f"{actions.url}/webhook"),
    )
    for text in ("was kostet ein reisepass", "hallo", "kann ich mit karte zahlen"):
        trackers = []
        for processor in (ours, stock):
            tracker = await heard(ours, text)
            await processor._run_prediction_loop(CollectingOutputChannel(), tracker)
            trackers.append(tracker)
        assert list(trackers[0].events) == list(trackers[1].events)
    await endpoint.close()


def test_kept_predictions_are_those_of_stock_rasa(model: Path, processor: TurnProcessor) -> None:
    stock = MessageProcessor(model, InMemoryTrackerStore(None), None, None)  # type: ignore[arg-type]
    states = StateStore(processor.domain)
    actions = processor.domain.action_names_or_texts
    for intent in processor.domain.intents:
        for entities in ([], [{"entity": "service", "value": "pass"}]):
            for said in ([], ["action_answer_service"], ["action_switch_language", "utter_language_switched"]):
                tracker = states.open(None, conversation="c-1", context={})
                turn = [UserUttered("", {"name": intent, "confidence": 0.9}, entities), *map(ActionExecuted, said)]
                tracker.update_with_events(turn, processor.domain)
                kept = [processor._predict_next_with_tracker(tracker) for _ in range(2)]
                asked = stock._predict_next_with_tracker(tracker)
                assert kept[0] is kept[1], intent
                assert actions[kept[0].max_confidence_index] == actions[asked.max_confidence_index], (intent, said)
                assert kept[0].max_confidence == asked.max_confidence


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"none\.tar\.gz is no model file"):
        TurnProcessor(tmp_path / "none.tar.gz", action_endpoint=ActionEndpoint("http://127.0.0.1:9", timeout=1))


@pytest.mark.parametrize("cut", [0, 100, 3000])
def test_a_damaged_model_is_named(model: Path, tmp_path: Path, cut: int) -> None:
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(model.read_bytes()[:cut])
    with pytest.raises(TrainingDataError, match=r"damaged\.tar\.gz cannot be loaded"):
        TurnProcessor(damaged, action_endpoint=ActionEndpoint("http://127.0.0.1:9", timeout=1))


# processor.DirectRunner


async def test_both_runners_predict_the_same(model: Path, processor: TurnProcessor) -> None:
    _, metadata, stock = MessageProcessor._load_model(model)
    assert metadata.core_target is not None
    assert metadata.nlu_target is not None
    for text in ("was kostet ein reisepass", "hallo", "ganz etwas anderes"):
        tracker = await heard(processor, text)
        inputs = {"__tracker__": tracker, "__message__": [UserMessage(text, metadata={"language": "de"})]}
        for target in (metadata.core_target, metadata.nlu_target):
            ours = processor.graph_runner.run(copy.copy(inputs), [target])[target]
            theirs = stock.run(copy.copy(inputs), [target])[target]
            if target == metadata.nlu_target:
                assert [message.as_dict() for message in ours] == [message.as_dict() for message in theirs]
            else:
                assert ours.probabilities == theirs.probabilities


# events.remember_types


def test_events_have_the_classes_of_stock_rasa(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Event.resolve_by_type
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(stock))  # puts back what is replaced here
    remember_types()
    names = {kind.type_name for kind in all_subclasses(Event)}
    assert {"slot", "user", "bot", "action", "followup"} <= names
    for name in [*names, "topic"] * 2:
        assert Event.resolve_by_type(name) is stock(name)
    assert Event.resolve_by_type("unheard", default=SlotSet) is SlotSet
    with pytest.raises(ValueError, match="Unknown event name"):
        Event.resolve_by_type("unheard")


# privacy.silence


def test_stock_rasa_would_log_what_the_citizen_writes_and_the_worker_does_not(model: Path) -> None:
    code = (
        "import asyncio, logging, sys, structlog\n"
        "from pathlib import Path\n"
        "from bot.nlu.deviations.unused import leave_out\n"
        "leave_out()\n"
        "from bot.nlu.deviations.privacy import silence\n"
        "from bot.nlu.deviations.actions import ActionEndpoint\n"
        "from bot.nlu.turns import Dialogue, Turn\n"
        "logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)\n"
        "if sys.argv[1] == 'silent':\n"
        "    silence()\n"
        f"dialogue = Dialogue(Path({str(model)!r}), action_endpoint=ActionEndpoint('http://127.0.0.1:9', timeout=1))\n"
        "turn = Turn('c-1', 'de', 'hallo GEHEIM', None, {}, None)\n"
        "asyncio.run(dialogue.take(turn))\n"
        "structlog.get_logger().warning('message.parsing.failed', user_text='GEHEIM')\n"
        "try:\n"
        "    raise ValueError('GEHEIM')\n"
        "except ValueError:\n"
        "    logging.getLogger('rasa.core.processor').exception('an action failed')\n"
        "    logging.getLogger('aiohttp.server').exception('Error handling request from %s', 'GEHEIM')\n"
        "    logging.getLogger('asyncio').exception(\"Exception in callback say('GEHEIM')\")\n"
    )
    outputs = {
        mode: subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, mode],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for mode in ("stock", "silent")
    }
    assert "GEHEIM" in outputs["stock"]
    assert "GEHEIM" not in outputs["silent"]
    assert "message.parsing.failed" in outputs["silent"]
    assert "an action failed" in outputs["silent"]
    assert "Error handling request" in outputs["silent"]
    assert "Exception in callback say" in outputs["silent"]


# privacy.plain_text


async def test_stock_rasa_executes_commands(processor: TurnProcessor) -> None:
    parsed = await processor.parse_message(UserMessage("/greet"))
    assert (parsed["intent"]["name"], parsed["intent"]["confidence"]) == ("greet", 1.0)
