"""What can go wrong with the stored conversations, worded for the user.

PlaygroundError
  StorageError
    DiskTrouble
    ComparisonGone
    ConversationBusy
    ConversationGone
    ConversationMoved
    ExperimentGone
    NotBlind
    NothingToCopy
    NothingToRerun
    RerunGone
    RunRecorded
    TurnAnswered
"""

from llm.types import PlaygroundError


class StorageError(PlaygroundError):
    """The conversations could not be opened, read or saved."""


class DiskTrouble(StorageError):
    """The file cannot be read or written as it stands; it may be later."""


class ComparisonGone(StorageError):
    """The comparison does not exist or was deleted."""

    def __init__(self) -> None:
        super().__init__("This comparison is no longer here. Restore it or start a new one.")


class ConversationBusy(StorageError):
    """A reply of the conversation is still streaming."""

    def __init__(self) -> None:
        super().__init__("A reply is still streaming here. Wait for it or stop it, then send again.")


class ConversationGone(StorageError):
    """The conversation, or the message in it, does not exist or was deleted."""

    def __init__(self) -> None:
        super().__init__("This conversation is no longer here. Restore it or start a new one.")


class ConversationMoved(StorageError):
    """The open branch ends with another message by now than was seen by whoever wants to go on from it."""

    def __init__(self) -> None:
        super().__init__("This conversation has changed meanwhile. Look at what stands here now, then try again.")


class ExperimentGone(StorageError):
    """The experiment does not exist or was deleted."""

    def __init__(self) -> None:
        super().__init__("This experiment is no longer here. Restore it or plan a new one.")


class NotBlind(StorageError):
    """The settings of the columns can be seen."""

    def __init__(self) -> None:
        super().__init__("Only a blind vote counts, and here everybody can see which column is which.")


class NothingToCopy(StorageError):
    """No reply has come yet in the conversation that a new one would go on from."""

    def __init__(self) -> None:
        super().__init__("There is no whole reply here to go on from. Wait for one, then try again.")


class NothingToRerun(StorageError):
    """Nothing has been asked yet in the conversation that is to be rerun."""

    def __init__(self) -> None:
        super().__init__("There is nothing to replay here yet: send a message first.")


class RerunGone(StorageError):
    """The rerun does not exist, or its conversation was deleted."""

    def __init__(self) -> None:
        super().__init__("This replay is no longer here. Restore its conversation, or start a new one.")


class RunRecorded(StorageError):
    """The run has its whole reply, and is not sent again."""

    def __init__(self) -> None:
        super().__init__("This run is recorded already.")


class TurnAnswered(StorageError):
    """The turn of the rerun has its whole reply, and is not sent again."""

    def __init__(self) -> None:
        super().__init__("This turn has its reply already.")
