"""What the user does with the outline of the open conversation."""

from components.outline.lines import outline_lines, place_of
from components.outline.panel import LONGEST, PAGE, Outline, OutlineDoes, outline_drawer
from components.outline.state import Outlined
from tabs.chat.open_chat import OpenChat
from tabs.chat.turn_actions import TurnActions
from tabs.noticed import Actions, noticed


class OutlineActions(Actions[OpenChat]):
    """The callbacks of the outline."""

    def open(self) -> None:
        """Open it where one is."""
        self.tab.outline = Outlined()
        outline_drawer(self.read, OutlineDoes(TurnActions(self.opened).go_to, self.unfold, self.turn_page))

    def read(self) -> Outline | None:
        """The page of lines that is shown; None if the conversation is gone."""
        conversation = self.app.store.conversations.get(self.tab.conversation_id) if self.tab.conversation_id else None
        if conversation is None:
            return None
        messages, state = self.app.store.messages, self.tab.outline
        tree = messages.tree(conversation.id)
        lines = outline_lines(tree, conversation.leaf_id, state.unfolded)
        if state.page is None:
            state.page = place_of(lines, conversation.leaf_id) // PAGE
        shown = lines[state.page * PAGE : (state.page + 1) * PAGE]
        beginnings = messages.beginnings((line.message_id for line in shown if not line.folded), LONGEST)
        pages, leaves = -(-len(lines) // PAGE), len(tree) - len({place.parent_id for place in tree} - {None})
        return Outline(shown, beginnings, conversation.leaf_id, state.page, pages, len(tree), leaves)

    @noticed
    def unfold(self, message_id: int) -> None:
        """Show each message of a straight run, which begins with this one."""
        self.tab.outline.unfolded.add(message_id)

    @noticed
    def turn_page(self, page: int) -> None:
        self.tab.outline.page = page
