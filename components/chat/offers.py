"""What can be done with a message, as its toolbar offers it."""

from dataclasses import dataclass

from storage.records import StoredMessage


@dataclass(frozen=True)
class Offer:
    """One thing to do; `icon` is a name of Material Symbols."""

    name: str
    icon: str
    label: str


REGENERATE = Offer("regenerate", "refresh", "Regenerate")
COMPARE = Offer("compare", "view_column_2", "Compare from here")


def buttons(message: StoredMessage, at_rest: bool) -> tuple[Offer, ...]:
    """What is offered at once; `at_rest`: the message is the newest, and nothing streams."""
    return (REGENERATE,) if message.role == "assistant" and at_rest else ()


def menu(message: StoredMessage, at_rest: bool) -> tuple[Offer, ...]:
    """What is offered behind one more click."""
    return (COMPARE,) if message.role == "assistant" and at_rest else ()
