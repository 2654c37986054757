"""What the user sets: connection, model and parameters of the conversation, limits of all of them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed


class SettingsActions(Actions[OpenChat]):
    """The callbacks of the controls."""

    @noticed
    def change_connection(self, name: str) -> None:
        self.tab.settings = replace(self.tab.settings, connection=name, model="")
        self.opened.choose_model()
        self.opened.keep(self.tab.settings)

    @noticed
    def change_model(self, model: str) -> None:
        self.opened.keep(replace(self.tab.settings, model=model))

    @noticed
    def change_parameter(self, name: str, value: Any) -> None:
        parameters = replace(self.tab.settings.parameters, **{name: value})
        self.opened.keep(replace(self.tab.settings, parameters=parameters))

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
