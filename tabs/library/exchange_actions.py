"""What the user does with files: conversations go out, and come in."""

from secrets import token_urlsafe

from components.library.export_dialog import export_dialog
from components.library.exports import ExportDoes
from components.library.imports import ImportDoes, import_dialog
from components.session import WHOLE, Parts
from exchange.reading.importing import Import
from llm.words import counted
from tabs.chat.open_chat import OpenChat
from tabs.noticed import Actions, noticed


class ExchangeActions(Actions[OpenChat]):
    """The callbacks of exports and imports."""

    @property
    def exports(self) -> ExportDoes:
        return ExportDoes(self.app.desk.ticket, self.app.desk.check)

    @property
    def imports(self) -> ImportDoes:
        whose = token_urlsafe(16)  # this dialog: drawn again, it has the same ticket
        return ImportDoes(lambda: self.app.desk.upload_ticket(whose), self.stop, self.dismiss)

    @property
    def importing(self) -> Import | None:
        """The import that is running here, whoever began it, or how the last one ended."""
        return self.app.desk.importing

    def import_file(self) -> None:
        """Offer a place for a file."""
        import_dialog(self.imports)

    def export_chosen(self) -> None:
        """Offer the conversations that are chosen in the library as a file; all of them if none is."""
        chosen = tuple(sorted(self.tab.library.chosen)) or None
        export_dialog(
            chosen, f"{counted(len(chosen), 'conversation')}" if chosen else "All conversations", self.exports
        )

    def export_open(self) -> None:
        """Offer the open conversation as a file."""
        conversation = self.app.store.conversations.get(self.tab.conversation_id) if self.tab.conversation_id else None
        if conversation:
            export_dialog((conversation.id,), conversation.title, self.exports)

    @noticed
    def stop(self) -> Parts:
        if self.importing:
            self.importing.stop()
        return WHOLE

    @noticed
    def dismiss(self) -> Parts:
        self.app.desk.dismiss()
        return WHOLE
