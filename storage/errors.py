"""What can go wrong with the stored conversations, worded for the user.

PlaygroundError
  StorageError
    DiskTrouble
    ConversationBusy
    ConversationGone
    ConversationMoved
"""

from llm.types import PlaygroundError


class StorageError(PlaygroundError):
    """The conversations could not be opened, read or saved."""


class DiskTrouble(StorageError):
    """The file cannot be read or written as it stands; it may be later."""


class ConversationBusy(StorageError):
    """A reply of the conversation is still streaming."""

    def __init__(self) -> None:
        super().__init__("A reply is still streaming here. Wait for it or stop it, then send again.")


class ConversationGone(StorageError):
    """The conversation, or the message in it, does not exist or was deleted."""

    def __init__(self) -> None:
        super().__init__("This conversation is no longer here. Restore it or start a new one.")


class ConversationMoved(StorageError):
    """The reply to be repeated or continued is no longer the newest one of the open branch."""

    def __init__(self) -> None:
        super().__init__("This reply is no longer the newest one here. Look at what has come since, then try again.")
