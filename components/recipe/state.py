"""Which recipe a tab shows."""

from dataclasses import dataclass

from llm.types import Settings


@dataclass(frozen=True)
class OpenedRecipe:
    """The message whose recipe is open, and in it what the user has chosen."""

    conversation_id: str
    leaf: int | None  # the end of the open branch as it was drawn then
    message_id: int
    request: int  # the place of the shown one among those that wrote the message
    parameter: str = ""  # what is changed to run it again; "" if that has not been chosen
    changed: Settings | None = None  # the settings with that one change, once it is made
