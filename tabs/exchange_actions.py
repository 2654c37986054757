"""What the user does with files: conversations go out, and come in."""

from components.chat.export_dialog import export_dialog
from components.library.exports import ExportDoes
from components.library.imports import ImportDoes
from components.session import WHOLE, Parts
from exchange.reading.importing import Import
from tabs.noticed import Actions, noticed
from tabs.open_chat import OpenChat


class ExchangeActions(Actions[OpenChat]):
    """The callbacks of exports and imports."""

    @property
    def exports(self) -> ExportDoes:
        return ExportDoes(self.app.desk.ticket, self.app.desk.check)

    @property
    def imports(self) -> ImportDoes:
        return ImportDoes(self.app.desk.upload_ticket, self.stop, self.dismiss)

    @property
    def importing(self) -> Import | None:
        """The import that is running here, whoever began it, or how the last one ended."""
        return self.app.desk.importing

    def export_open(self) -> None:
        """Offer the open conversation as a file."""
        conversation = self.app.store.conversations.get(self.tab.conversation_id) if self.tab.conversation_id else None
        if conversation:
            export_dialog(conversation.id, conversation.title, self.exports)

    @noticed
    def stop(self) -> Parts:
        if self.importing:
            self.importing.stop()
        return WHOLE

    @noticed
    def dismiss(self) -> Parts:
        self.app.desk.dismiss()
        return WHOLE
