"""What the user does with reruns: choose one, start it, end it, look at what came."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from components.session import RERAN, WHOLE, Parts
from experiments.running.phase import Phase
from llm.types import Settings
from storage.errors import RerunGone
from storage.experiments.rerun_records import Way
from tabs.noticed import Actions, noticed
from tabs.rerunning.open_rerun import OpenRerun


class RerunPageActions(Actions[OpenRerun]):
    """The callbacks of the Rerun page, and the way to it from the chat."""

    @noticed
    def rerun_chat(self) -> Parts:
        """Choose how the open conversation is rerun; one that runs is shown."""
        state = self.opened.state
        state.open(self.tab.conversation_id)
        running = (rerun.id for rerun, phase in self.opened.earlier() if phase.live)
        state.open(self.tab.conversation_id, next(running, None))
        self.tab.notice, self.tab.wanted = "", "rerun"
        return WHOLE

    @noticed
    def change_connection(self, name: str) -> None:
        """Another server; its usual model comes with it."""
        model = self.opened.chat.usual_model(self.app.directory.get(name))
        self._keep(replace(self.opened.settings, connection=name, model=model))

    @noticed
    def change_model(self, model: str) -> None:
        self._keep(replace(self.opened.settings, model=model))

    @noticed
    def change_parameter(self, name: str, value: Any) -> None:
        settings = self.opened.settings
        self._keep(replace(settings, parameters=replace(settings.parameters, **{name: value})))

    def change_way(self, way: Way) -> None:
        self.opened.state.way = way

    @noticed
    def start(self) -> Parts:
        """Start what is chosen."""
        conversation_id = self.opened.state.conversation_id or ""
        self.opened.open(self.app.reruns.start(conversation_id, self.opened.way, self.opened.settings))
        return WHOLE

    @noticed
    def stop(self) -> Parts:
        if self.opened.state.rerun_id:
            self.app.reruns.stop(self.opened.state.rerun_id)
        return WHOLE

    @noticed
    def resume(self) -> Parts:
        """Send what is left; a second click finds that it runs."""
        return self._begun(self.app.reruns.resume)

    @noticed
    def retry(self) -> Parts:
        """Send failed turns again, and what is left."""
        return self._begun(self.app.reruns.retry)

    @noticed
    def rerun_again(self) -> Parts:
        """Choose for a new rerun, beginning with the settings of this one."""
        if stored := self.opened.stored:
            self.opened.state.settings, self.opened.state.way = stored.settings, stored.way
        self.opened.open(None)
        return WHOLE

    @noticed
    def open(self, rerun_id: str | None) -> Parts:
        """Show a rerun of before, or choose for a new one."""
        self.opened.open(rerun_id)
        return WHOLE

    @noticed
    def back(self) -> Parts:
        """Go to the conversation as it is open."""
        self.opened.chat.go_to(self.opened.state.conversation_id)
        self.tab.wanted = "chat"
        return WHOLE

    @noticed
    def open_branch(self) -> Parts:
        """Go to the end of what the rerun brought."""
        stored = self.opened.stored
        newest = self.opened.newest(stored) if stored else None
        if newest is None:
            raise RerunGone
        return self._open(newest)

    @noticed
    def open_reply(self, message_id: int) -> Parts:
        """Go to one new reply."""
        return self._open(message_id)

    @noticed
    def show_from(self, turn: int) -> Parts:
        self.opened.state.first = turn
        return (RERAN,)

    @noticed
    def look_by_word(self, by_word: bool) -> Parts:
        self.opened.state.by_word = by_word
        return (RERAN,)

    @noticed
    def draw_ended(self) -> Parts:
        """Draw the replies that have ended since they were drawn."""
        return (RERAN,)

    def _open(self, message_id: int) -> Parts:
        self.opened.chat.go_to(self.opened.state.conversation_id, message_id)
        self.tab.wanted = "chat"
        return WHOLE

    def _begun(self, begin: Callable[[str], None]) -> Parts:
        stored = self.opened.stored
        if stored is None:
            raise RerunGone
        self.tab.notice = ""
        if self.app.reruns.phase(stored) is not Phase.RUNNING:
            begin(stored.id)
        return WHOLE

    def _keep(self, settings: Settings) -> None:
        self.app.directory.refuse_keys("the settings", settings)
        self.opened.state.settings, self.tab.notice = settings, ""
