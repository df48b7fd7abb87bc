"""Every way in which the worker differs from stock Rasa. Contract tests: tests/rasa/test_deviations.py.

| deviation | stock Rasa 3.6.21 | the worker |
| --- | --- | --- |
| unused.leave_out | imports TensorFlow, plotting, databases, 15 chat channels | never loads them |
| actions.ShortRemoteAction | sends domain and history (66 to 212 kB) | sends `"domain": {}` and the current turn |
| actions.ANSWER_VALIDATOR | compiles a JSON schema per answer (24 ms) | compiles it once, per type of event |
| actions.ActionEndpoint | opens a connection per call | keeps it open; any failure is `ActionsUnavailableError` |
| events.remember_types | looks through all classes of events for every event | keeps the class of each type |
| processor.TurnProcessor | goes on when an action fails | the turn fails, nothing half is answered |
| processor.TurnProcessor | asks the rules at every step | asks once for each intent, entities and actions of a turn |
| processor.DirectRunner | builds a dask graph per prediction | calls the nodes in their order |
| privacy.silence | debug logs print what citizens write | warnings and errors by name only |
| privacy.plain_text | executes a message `/intent{...}` | leading slashes are no command |

Nothing here changes how a model is trained: `rasa train`, `test` and `shell` are stock.
"""

import rasa

RASA_VERSION = "3.6.21"


def check_version(version: str) -> None:
    """Refuse any other Rasa: the deviations are written and tested against one release.

    Raises:
        ImportError: `version` is another one.
    """
    if version != RASA_VERSION:
        raise ImportError(
            f"Rasa {version} is installed, but bot.nlu.deviations is written for {RASA_VERSION}. "
            "Install requirements/rasa.txt, or go through tests/rasa/test_deviations.py for the new release."
        )


check_version(rasa.__version__)
