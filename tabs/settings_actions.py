"""What the user sets: connection, model and parameters of the conversation, limits of all of them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from components.session import Session
from services import Services
from tabs.noticed import noticed
from tabs.open_chat import OpenChat


@dataclass(frozen=True)
class SettingsActions:
    """The callbacks of the controls."""

    chat: OpenChat

    @property
    def app(self) -> Services:
        return self.chat.app

    @property
    def tab(self) -> Session:
        return self.chat.tab

    @noticed
    def change_connection(self, name: str) -> None:
        self.tab.settings = replace(self.tab.settings, connection=name, model="")
        self.chat.choose_model()
        self.chat.keep(self.tab.settings)

    @noticed
    def change_model(self, model: str) -> None:
        self.chat.keep(replace(self.tab.settings, model=model))

    @noticed
    def change_parameter(self, name: str, value: Any) -> None:
        parameters = replace(self.tab.settings.parameters, **{name: value})
        self.chat.keep(replace(self.tab.settings, parameters=parameters))

    @noticed
    def change_timeout(self, name: str, seconds: float) -> None:
        kept = self.app.store.preferences.get()
        self.app.store.preferences.save(replace(kept, timeouts=replace(kept.timeouts, **{name: seconds})))

    @noticed
    def change_cap(self, name: str, dollars: Decimal | None) -> None:
        kept = self.app.store.preferences.get()
        self.app.store.preferences.save(replace(kept, budget=replace(kept.budget, **{name: dollars})))
        self.tab.notice = ""  # it may have said that the old cap was reached

    def browse(self, connection: str) -> None:
        """Show a connection's models on the Models page; the chat keeps its own."""
        self.tab.browsed = connection
