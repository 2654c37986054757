"""What every action of the user's has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar

from components.session import WHOLE, Parts, Session, draw
from llm.types import PlaygroundError
from services import Services

P = ParamSpec("P")


class Opened(Protocol):
    """What is open in a tab."""

    @property
    def app(self) -> Services: ...
    @property
    def tab(self) -> Session: ...


Open = TypeVar("Open", bound=Opened)


@dataclass(frozen=True)
class Actions(Generic[Open]):
    """What the user does with what is open in a tab; the methods are callbacks."""

    opened: Open

    @property
    def app(self) -> Services:
        return self.opened.app

    @property
    def tab(self) -> Session:
        return self.opened.tab


A = TypeVar("A", bound="Actions")
Action = Callable[Concatenate[A, P], Parts | None]


def noticed(action: Action[A, P]) -> Action[A, P]:
    """The action as a callback: says in the notice what it cannot do, for an error in a callback would leave an empty
    page, and draws the parts that it returns; without any, what Streamlit draws by itself: the part with the widget."""

    @wraps(action)
    def safely(of: A, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            parts = action(of, *args, **kwargs)
        except PlaygroundError as error:
            of.tab.notice = str(error)
            parts = WHOLE
        if of.app.store.trouble() != of.tab.trouble:
            parts = WHOLE
        if parts is not None:
            draw(parts)

    return safely
