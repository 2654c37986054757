"""What the user does with the recipe of a reply: look at it, use its settings, run it again with one change."""

from dataclasses import replace
from typing import Any

from components.recipe.changing import MODEL, Changing
from components.recipe.recipe import Recipe
from components.recipe.state import OpenedRecipe
from components.session import RECIPE, WHOLE, Parts
from llm.recipes.rebuild import rebuild
from llm.servers.connections import Connection
from llm.types import Echoed, PlaygroundError, Settings
from storage.records import StoredMessage, StoredReply
from tabs.chat.open_chat import OpenChat
from tabs.chat.turn_actions import TurnActions
from tabs.noticed import Actions, noticed


class RecipeActions(Actions[OpenChat]):
    """The callbacks of the recipe, and what it shows."""

    @noticed
    def open(self, message: StoredMessage) -> Parts:
        self.tab.recipe = OpenedRecipe(self.tab.conversation_id, self.tab.leaf, message.id, len(made(message)) - 1)
        return (RECIPE,)

    @noticed
    def close(self) -> Parts:
        self.tab.recipe = None
        return (RECIPE,)

    @noticed
    def show(self, request: int) -> Parts:
        """Show another of the requests that wrote the message."""
        if self.tab.recipe:
            self.tab.recipe = replace(self.tab.recipe, request=request, parameter="", changed=None)
        return (RECIPE,)

    @noticed
    def use(self) -> Parts:
        """Set the controls as they were for this reply."""
        recipe, self.tab.recipe = self.shown(), None
        if recipe is None:
            return WHOLE
        self.opened.keep(recipe.reply.settings)
        if self._named(recipe.reply.settings) is None:
            self.opened.choose_model()
            gone = recipe.reply.settings.connection
            self.tab.notice = f"The parameters are set; the connection {gone} is not there any more."
        return WHOLE

    @noticed
    def choose(self, parameter: str) -> Parts:
        """Choose what is changed."""
        if self.tab.recipe:
            self.tab.recipe = replace(self.tab.recipe, parameter=parameter, changed=None)
        return (RECIPE,)

    @noticed
    def change(self, parameter: str, value: Any) -> Parts:
        """Change it: nothing else is another than it was."""
        if recipe := self.shown():
            were = recipe.reply.settings
            parameters = were.parameters if parameter == MODEL else replace(were.parameters, **{parameter: value})
            model = value if parameter == MODEL else were.model
            self.tab.recipe = replace(self.tab.recipe, changed=Settings(were.connection, model, parameters))
        return (RECIPE,)

    @noticed
    def run(self) -> Parts:
        """Another reply to the same prompt, with that one change; the controls follow, as the newest reply was made."""
        recipe, opened, self.tab.recipe = self.shown(), self.tab.recipe, None
        if recipe is None or opened.changed is None:
            return WHOLE
        if self._named(opened.changed) is None:
            raise PlaygroundError(f"The connection {opened.changed.connection} is not there any more: choose another.")
        TurnActions(self.opened).run_again(recipe.message, opened.changed, opened.leaf)
        return WHOLE

    @property
    def opened_here(self) -> bool:
        """Whether a recipe is open, of a message of the conversation that is."""
        return self.tab.recipe is not None and self.tab.recipe.conversation_id == self.tab.conversation_id

    def shown(self) -> Recipe | None:
        """The recipe that is open, if one is; None if what made the message is not known, or the message is gone."""
        opened = self.tab.recipe
        message = self.app.store.messages.find(opened.message_id) if opened else None
        replies = made(message) if message else ()
        if not replies:
            return None
        place = min(opened.request, len(replies) - 1)
        reply, store = replies[place], self.app.store
        went = store.recipes.messages_of(reply)
        return Recipe(
            message=message,
            replies=replies,
            place=place,
            timing=store.replies.chunk_times(reply.id),
            echoed=store.replies.echoed(reply.id) or Echoed(),
            messages=went,
            rebuilt=reply.sent and rebuild(reply.sent, reply.settings.parameters, went),
            connection=self._reached(reply),
            now=self.tab.settings,
        )

    def changing(self, reply: StoredReply) -> Changing:
        """The one change, as far as it is made."""
        opened = self.tab.recipe
        settings = opened.changed or reply.settings
        connection = self.app.directory.get(settings.connection)
        listing = self.app.directory.listing(connection, 0)
        return Changing(opened.parameter, settings, connection, listing, self.choose, self.change, self.run)

    def _named(self, settings: Settings) -> Connection | None:
        """The connection of this name, if it is there."""
        return next((known for known in self.app.directory.all() if known.name == settings.connection), None)

    def _reached(self, reply: StoredReply) -> Connection | None:
        """Where a reply was asked for, as it can be reached now."""
        connection = self._named(reply.settings)
        if connection and connection.built_in:
            return self.app.local_model.start() if self.app.local_model.running else None
        return connection


def made(message: StoredMessage) -> tuple[StoredReply, ...]:
    """The replies that wrote a message; of a copy those that wrote what was copied, if they are still known."""
    return message.replies or message.original
