"""The recorded reply that plays in a tab, in the chat or while presenting."""

from dataclasses import dataclass

from components.present.playback import Playback
from components.session import TURN, Parts
from llm.replies.recorded import AT_ONCE, Recorded
from storage.records import StoredMessage
from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed

UNTIMED = "Nobody took the time of this reply, so it is shown at once."


@dataclass(frozen=True)
class Playing:
    """What plays; one reply at a time."""

    opened: OpenChat

    @property
    def reply(self) -> Recorded | None:
        """The reply that plays now in the open conversation."""
        tab = self.opened.tab
        found = self.opened.app.playbacks.find(tab.showing.playback)
        return found if found and found.live and found.conversation_id == tab.conversation_id else None

    def start(self, message: StoredMessage) -> bool:
        """Play a stored reply in place of what plays; False if there are no times to play it by."""
        self.stop()
        tab = self.opened.tab
        found = self.opened.app.playbacks.play(tab.conversation_id, message, tab.showing.pace)
        tab.showing.playback = found.id if found else ""
        return found is not None

    def turn(self, pace: float) -> None:
        """Play so many times as fast from now on."""
        self.opened.tab.showing.pace = pace
        if reply := self.reply:
            reply.clock.turn(pace)

    def stop(self) -> None:
        self.opened.app.playbacks.stop(self.opened.tab.showing.playback)

    def forget(self) -> None:
        """Look at something else; what plays runs out by itself, for its end would have this page drawn once more."""
        self.opened.tab.showing.playback = ""


class PlayActions(Actions[OpenChat]):
    """The callbacks of a recorded reply in the chat."""

    @property
    def playback(self) -> Playback | None:
        """What the chat draws of the reply that plays."""
        reply = Playing(self.opened).reply
        return Playback(reply, self.turn, self.stop) if reply else None

    @noticed
    def play(self, message: StoredMessage) -> Parts:
        """Play a reply in its place, so that it can be seen to play."""
        if self.tab.showing.pace == AT_ONCE:
            self.tab.showing.pace = 1.0
        self.tab.notice = "" if Playing(self.opened).start(message) else UNTIMED
        return (TURN,)

    @noticed
    def turn(self, pace: float) -> Parts:
        Playing(self.opened).turn(pace)
        return (TURN,)

    @noticed
    def stop(self) -> Parts:
        Playing(self.opened).stop()
        return (TURN,)
