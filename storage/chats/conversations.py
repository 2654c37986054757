"""Conversations: the list, their settings, what was spent in them, and their end."""

from datetime import datetime, timedelta

from llm.types import Settings, Spent
from storage.chats.copying import fork
from storage.chats.growing import CHAT
from storage.chats.listing import LISTED, listed
from storage.columns import LAST, Row, encodable, now, settings_columns, settings_from
from storage.deletions import recently_deleted
from storage.errors import ConversationGone
from storage.file.database import DatabaseFile
from storage.purging import purge
from storage.records import Conversation, Deleted, Fork, ListedConversation
from storage.search.index import put_title, take_title
from storage.spending import SpentIn


class Conversations:
    """Conversations by id: chats, for those of experiments are read by `Runs`. A deleted one is hidden until it is
    restored or purged."""

    def __init__(self, file: DatabaseFile, spent_in: SpentIn) -> None:
        self._file, self._spent_in = file, spent_in

    def recent(self, limit: int, before: int | None = None) -> list[ListedConversation]:
        """At most `limit` conversations that are neither pinned nor archived, newest activity first; `before` is the
        activity of the last one known."""
        query = f"""
            SELECT {LISTED} FROM conversations c INDEXED BY conversations_shown
            WHERE deleted_at IS NULL AND purpose = '{CHAT}' AND pinned_at IS NULL AND archived_at IS NULL
                AND activity < ? ORDER BY activity DESC LIMIT ?
        """
        with self._file.read() as connection:
            return [listed(row) for row in connection.execute(query, (LAST if before is None else before, limit))]

    def get(self, conversation_id: str) -> Conversation | None:
        query = f"SELECT * FROM conversations WHERE id = ? AND deleted_at IS NULL AND purpose = '{CHAT}'"
        with self._file.read() as connection:
            row = connection.execute(query, (encodable(conversation_id),)).fetchone()
        return _conversation(row) if row else None

    def fork(self, message_id: int) -> Fork:
        """Begins a chat with copies of all that leads to a message; a prompt at its end is still to be sent there.

        Raises ConversationGone, or ConversationBusy while the message streams.
        """
        with self._file.write() as database:
            return fork(database, message_id)

    def rename(self, conversation_id: str, title: str) -> None:
        """Raises ConversationGone."""
        with self._file.write() as database:
            take_title(database, conversation_id)
            query = "UPDATE conversations SET title = ? WHERE id = ? AND deleted_at IS NULL"
            if not database.execute(query, (encodable(title), conversation_id)).rowcount:
                raise ConversationGone
            put_title(database, conversation_id)

    def save_settings(self, conversation_id: str, settings: Settings) -> None:
        """Keeps what the sidebar shows. Raises ConversationGone."""
        query = """
            UPDATE conversations SET connection = :connection, model = :model, parameters = :parameters
            WHERE id = :id AND deleted_at IS NULL
        """
        with self._file.write() as database:
            if not database.execute(query, settings_columns(settings) | {"id": conversation_id}).rowcount:
                raise ConversationGone

    def delete(self, *conversation_ids: str) -> None:
        """Hides conversations, all at the same moment, until they are restored or purged."""
        query = "UPDATE conversations SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"
        with self._file.write() as database:
            moment = now()
            for conversation_id in conversation_ids:
                database.execute(query, (moment, conversation_id))

    def recently_deleted(self, within: timedelta) -> list[Deleted]:
        """What was deleted less than that long ago and can be restored, in the order of the deletions."""
        return recently_deleted(self._file, f"conversations WHERE leaf_id IS NOT NULL AND purpose = '{CHAT}'", within)

    def restore(self, *conversation_ids: str) -> None:
        """Shows deleted conversations again, in their old places. Raises ConversationGone once one is purged."""
        query = "UPDATE conversations SET deleted_at = NULL WHERE id = ? AND leaf_id IS NOT NULL"  # nor half purged
        with self._file.write() as database:
            if not all([database.execute(query, (id_,)).rowcount for id_ in conversation_ids]):
                raise ConversationGone

    def purge_deleted(self, older_than: timedelta) -> bool:
        """Removes for good what was deleted at least that long ago; False if it should be called again in a moment.

        The text is overwritten in the file, its log and its backups, of which a damaged one is removed; the figures of
        the replies (model, usage, cost, timing, status) stay. What waits: a conversation in which a reply still
        streams, a log that is being read, a backup that cannot be written.
        """
        return purge(self._file, older_than)

    def spent(self, conversation_id: str) -> Spent:
        """What the ended replies of a conversation used, every branch included; the sum of costs is exact."""
        return self._spent_in.spent(conversation_id)


def _conversation(row: Row) -> Conversation:
    created, updated = (datetime.fromisoformat(row[name]) for name in ("created_at", "updated_at"))
    return Conversation(row["id"], row["title"], settings_from(row), row["leaf_id"], created, updated)
