"""What can be done with a message, as its toolbar offers it."""

from dataclasses import dataclass, replace

from storage.records import StoredMessage, Thumb


@dataclass(frozen=True)
class Offer:
    """One thing to do; `icon` is a name of Material Symbols. What can be undone by the same click is pressed or not."""

    name: str
    icon: str
    label: str
    pressed: bool | None = None


REGENERATE = Offer("regenerate", "refresh", "Regenerate")
UP = Offer(Thumb.UP, "thumb_up", "Good reply", False)
DOWN = Offer(Thumb.DOWN, "thumb_down", "Bad reply", False)
EXPLAIN = Offer("explain", "edit_note", "Say why")
EDIT = Offer("edit", "edit", "Edit")
FORK = Offer("fork", "call_split", "Fork into a new conversation")
PLAY = Offer("play", "play_circle", "Play again")
PIN = Offer("pin", "keep", "Pin as a moment")
PINNED = Offer("unpin", "keep", "Unpin: this is a moment", True)
COMPARE = Offer("compare", "view_column_2", "Compare from here")


def buttons(message: StoredMessage, idle: bool) -> tuple[Offer, ...]:
    """What is offered at once; `idle`: nothing streams in the conversation."""
    pinned = (PINNED,) if message.moment is not None else ()
    if message.role != "assistant":
        return (EDIT, *pinned)
    return (*((REGENERATE,) if idle else ()), *_thumbs(message), *pinned)


def menu(message: StoredMessage, idle: bool, is_newest: bool) -> tuple[Offer, ...]:
    """What is offered behind one more click."""
    pin = (PIN,) if message.moment is None else ()
    if message.role != "assistant":
        return (*pin, FORK)
    explain = (EXPLAIN,) if message.rating else ()
    play = (PLAY,) if message.text and (message.replies or message.original) else ()
    return (*explain, *play, *pin, FORK, *((COMPARE,) if idle and is_newest else ()))


def _thumbs(message: StoredMessage) -> tuple[Offer, ...]:
    pressed = message.rating.thumb if message.rating else ""
    return tuple(replace(thumb, pressed=thumb.name == pressed) for thumb in (UP, DOWN))
