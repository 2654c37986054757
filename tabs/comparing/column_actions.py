"""What the user sets in the columns of a new comparison."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from experiments.comparing.comparison import FEWEST_COLUMNS, MOST_COLUMNS
from llm.types import Settings
from tabs.comparing.open_comparison import OpenComparison
from tabs.noticed import Actions, noticed


class ColumnActions(Actions[OpenComparison]):
    """The callbacks of the columns' controls; columns are named by their number."""

    @noticed
    def change_connection(self, number: int, name: str) -> None:
        """Another server; its usual model comes with it."""
        model = self.opened.chat.usual_model(self.app.directory.get(name))
        self._change(number, lambda settings: replace(settings, connection=name, model=model))

    @noticed
    def change_model(self, number: int, model: str) -> None:
        self._change(number, lambda settings: replace(settings, model=model))

    @noticed
    def change_parameter(self, number: int, name: str, value: Any) -> None:
        self._change(
            number, lambda settings: replace(settings, parameters=replace(settings.parameters, **{name: value}))
        )

    def add(self) -> None:
        """One more column like the last, so that one knob can be turned."""
        columns = self.opened.columns
        self._keep((*columns, columns[-1])[:MOST_COLUMNS])

    def remove(self, number: int) -> None:
        columns = self.opened.columns
        if len(columns) > FEWEST_COLUMNS:
            self._keep((*columns[:number], *columns[number + 1 :]))

    def repeat(self, repetitions: int) -> None:
        self.opened.state.repetitions = repetitions
        self._forgive()

    def hide(self, blind: bool) -> None:
        self.opened.state.blind = blind

    def drop_source(self) -> None:
        """Begin without the chat so far."""
        self.opened.state.source = None

    def _change(self, number: int, change: Callable[[Settings], Settings]) -> None:
        columns = list(self.opened.columns)
        columns[number] = change(columns[number])
        self._keep(tuple(columns))

    def _keep(self, columns: tuple[Settings, ...]) -> None:
        self.opened.state.columns = columns
        self._forgive()

    def _forgive(self) -> None:
        """What was wrong may be right now."""
        self.opened.state.problems, self.tab.notice = {}, ""
