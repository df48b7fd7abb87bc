"""Every error Stadtlotse raises on purpose.

StadtlotseError
├── SettingsError            a setting has a value that cannot be used
├── InputError               a file or argument from outside cannot be used
│   ├── ImportFileError      a catalogue file cannot be read at all
│   └── TrainingDataError    training data, replies or rules contradict each other
├── EncryptionError          something encrypted cannot be read with the keys there are
├── NotFoundError            a service, office, conversation or model does not exist
├── RunTakenError            another process does this run of a job
├── ConversationError
│   ├── ConversationBusyError   two turns of one conversation at the same time
│   ├── DialogueStateError      the stored dialogue state cannot be read
│   └── HandoffError            a handoff is not as the caller thinks
│       ├── HandoffTakenError      somebody else has it
│       ├── HandoffOverError       it has ended
│       └── ColleagueAbsentError   nobody would answer
└── UnavailableError
    ├── WorkerUnavailableError   the Rasa worker does not answer
    ├── ActionsUnavailableError  the action server does not answer
    └── DatabaseUnavailableError the database does not answer
"""


class StadtlotseError(Exception):
    """Base of all errors raised on purpose; its text is safe to show to an operator."""


class SettingsError(StadtlotseError):
    """A setting has a value that cannot be used; the text names the setting and the value."""


class InputError(StadtlotseError):
    """A file or argument from outside cannot be used; the text names what and where."""


class ImportFileError(InputError):
    """A catalogue file cannot be read at all (a broken row is a rejection, not an error)."""


class TrainingDataError(InputError):
    """Training data, replies or rules are missing or contradict each other."""


class EncryptionError(StadtlotseError):
    """Something encrypted cannot be read with the keys there are; the text says what it was for, never what it is."""


class NotFoundError(StadtlotseError):
    """A service, office, conversation or model does not exist."""


class RunTakenError(StadtlotseError):
    """Another process does this run of a job."""


class ConversationError(StadtlotseError):
    """A conversation cannot go on as asked."""


class ConversationBusyError(ConversationError):
    """Another turn of the same conversation is still being worked on."""


class DialogueStateError(ConversationError):
    """The stored dialogue state cannot be read."""


class HandoffError(ConversationError):
    """A handoff is not as the caller thinks."""


class HandoffTakenError(HandoffError):
    """Somebody else has the handoff: `assignee_id`, None while nobody has it."""

    def __init__(self, assignee_id: int | None) -> None:
        super().__init__("the handoff is not yours")
        self.assignee_id = assignee_id


class HandoffOverError(HandoffError):
    """The handoff has ended."""


class ColleagueAbsentError(HandoffError):
    """The colleague is not at the desk, or not of the team."""


class UnavailableError(StadtlotseError):
    """A process or the database does not answer; trying again later may help."""


class WorkerUnavailableError(UnavailableError):
    """The Rasa worker does not answer."""


class ActionsUnavailableError(UnavailableError):
    """The action server does not answer."""


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer."""
