"""One turn of a conversation, run by Rasa's own parts without its server, channels and stores."""

import tarfile
from pathlib import Path
from typing import Any, Optional, Text

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.errors import ActionsUnavailableError, NotFoundError, TrainingDataError
from bot.nlu.deviations.actions import ActionEndpoint, ShortRemoteAction

MAX_PREDICTIONS = 4_096


class TurnProcessor(MessageProcessor):
    """A `MessageProcessor` whose trackers come from outside, and whose turns fail as a whole.

    Raises:
        NotFoundError: there is no model at `model_path`.
        TrainingDataError: the model cannot be loaded.
    """

    def __init__(self, model_path: Path, *, action_endpoint: ActionEndpoint) -> None:
        if not model_path.is_file():
            raise NotFoundError(f"{model_path} is no model file; `rasa train` makes one")
        super().__init__(
            model_path,
            tracker_store=None,  # type: ignore[arg-type]
            lock_store=None,  # type: ignore[arg-type]
            generator=TemplatedNaturalLanguageGenerator({}),
            action_endpoint=action_endpoint,
        )
        self.nlg = TemplatedNaturalLanguageGenerator(self.domain.responses)
        # Rules see slots only where these influence the conversation.
        self._is_decided_by_turn = not any(slot.influence_conversation for slot in self.domain.slots)
        self._predictions: dict[tuple[Any, ...], PolicyPrediction] = {}

    @staticmethod
    def _load_model(model_path: Any) -> tuple[Text, ModelMetadata, GraphRunner]:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            try:
                metadata, runner = loader.load_predict_graph_runner(
                    Path(folder), Path(model_path), LocalModelStorage, DirectRunner
                )
            except (tarfile.TarError, EOFError, OSError, RasaException) as error:
                raise TrainingDataError(
                    f"{model_path} cannot be loaded ({type(error).__name__}); train again"
                ) from error
        return Path(model_path).name, metadata, runner

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Domain and classifier come from one training; stock Rasa compares them at every message."""

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        """What the rules say; asked once for each intent, entities and actions of a turn."""
        turn = _turn_so_far(tracker)
        if turn is None or not self._is_decided_by_turn:
            return super()._predict_next_with_tracker(tracker)
        if turn not in self._predictions:
            if len(self._predictions) >= MAX_PREDICTIONS:
                self._predictions.clear()
            self._predictions[turn] = super()._predict_next_with_tracker(tracker)
        return self._predictions[turn]

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """Run `action`, note its events, send its messages; True if another action is to be predicted.

        Raises:
            ActionsUnavailableError: a custom action failed or refused.
        """
        if type(action) is RemoteAction:
            action = ShortRemoteAction(action.name(), self.action_endpoint)
        tracker.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain)
        except ActionExecutionRejection as error:
            raise ActionsUnavailableError(f"{action.name()} refused to run") from error
        tracker.update(action.event_for_successful_execution(prediction), self.domain)
        tracker.update_with_events(events, self.domain)
        for event in events:
            if isinstance(event, BotUttered):
                await output_channel.send_response(tracker.sender_id, event.message())
        return self.should_predict_another_action(action.name())


def _turn_so_far(tracker: DialogueStateTracker) -> Optional[tuple[Any, ...]]:
    """What rules can see of a conversation whose tracker begins with this turn; None if there is more to see.

    The worker's trackers hold one turn; what lasts longer is in slots (see `bot.nlu.state`).
    """
    if tracker.followup_action or tracker.active_loop_name:
        return None
    turn: list[Any] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if turn:
                return None
            entities = frozenset(entity["entity"] for entity in event.entities)
            turn = [
                event.intent.get("name"),
                event.parse_data.get("intent", {}).get("full_retrieval_intent_name"),
                entities,
            ]
        elif isinstance(event, ActionExecuted) and turn:
            turn.append(event.action_name)
    return tuple(turn)


class DirectRunner(GraphRunner):
    """Runs a prediction graph in the calling thread, in an order found once per target."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._orders: dict[str, list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[list[GraphNodeHook]] = None,
    ) -> "DirectRunner":
        """The runner of a trained model (see the interface)."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def run(self, inputs: Optional[dict[str, Any]] = None, targets: Optional[list[str]] = None) -> dict[str, Any]:
        """The output of each of `targets` for `inputs`, both by node name (see the interface)."""
        results: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        targets = targets or self._schema.target_names
        for target in targets:
            for name in self._order(target):
                if name not in results:
                    needs = self._schema.nodes[name].needs.values()
                    results[name] = self._nodes[name](*(results[need] for need in needs))
        return {target: results[target][1] for target in targets}

    def _order(self, target: str) -> list[str]:
        if target not in self._orders:
            order: list[str] = []
            self._visit(target, order)
            self._orders[target] = order
        return self._orders[target]

    def _visit(self, name: str, order: list[str]) -> None:
        if name in order or name not in self._nodes:
            return
        for need in self._schema.nodes[name].needs.values():
            self._visit(need, order)
        order.append(name)
