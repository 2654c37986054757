"""What the presenter does: step on, reveal, play, ask live, leave."""

from functools import partial
from typing import Any

from components.present.pace import PACES
from components.present.state import Asked
from components.session import TURN, WHOLE, Parts
from tabs.noticed import Actions, noticed
from tabs.presenting.open_presentation import OpenPresentation
from tabs.presenting.play_actions import UNTIMED


class PresentActions(Actions[OpenPresentation]):
    """The callbacks of the keys, and of the buttons that do the same; each takes what the bar tells, mostly None."""

    @noticed
    def go(self, at: int) -> Parts:
        self.opened.go(int(at))
        return (TURN,)

    @noticed
    def reveal(self, _: Any = None) -> Parts:
        self.opened.state.revealed = True
        return (TURN,)

    @noticed
    def play(self, _: Any = None) -> Parts:
        """Play the recorded reply of this place, in place of one that was asked for."""
        shown, state = self.opened.slide(), self.opened.state
        if shown and shown.recorded and shown.playable:
            self.tab.notice, state.asked, state.revealed = "", None, True
            state.word = "" if self.opened.playing.start(shown.recorded) else UNTIMED
        return (TURN,)

    @noticed
    def ask(self, _: Any = None) -> Parts:
        """Send the prompt of this place again, beside what is open in the chat, which stays as it is."""
        shown, state = self.opened.slide(), self.opened.state
        if not shown or not shown.prompt or shown.live:
            return (TURN,)
        self.tab.notice = state.word = ""
        prompt_id, settings = shown.prompt.id, self.tab.settings
        begin = partial(self.app.store.replies.begin_aside, prompt_id, settings)
        history = self.app.store.messages.context(prompt_id)
        live = self.app.turns.run_aside(self.tab.conversation_id, begin, history, settings).live
        state.asked, state.revealed = Asked(live.id, live.message_id), True
        return (TURN,)

    @noticed
    def stop(self, _: Any = None) -> Parts:
        """End what arrives: a reply that was asked for keeps what has come, a recorded one is shown whole."""
        self.opened.playing.stop()
        if self.opened.state.asked:
            self.app.turns.stop(self.opened.state.asked.reply_id)
        return (TURN,)

    @noticed
    def turn(self, _: Any = None) -> Parts:
        """Play at the next of the paces."""
        paces = list(PACES.values())
        self.opened.playing.turn(paces[(paces.index(self.opened.state.pace) + 1) % len(paces)])
        return (TURN,)

    @noticed
    def leave(self, _: Any = None) -> Parts:
        """Go to the chat, as it was."""
        self.opened.playing.forget()
        self.tab.wanted = "chat"
        return WHOLE
