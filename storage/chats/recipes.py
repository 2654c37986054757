"""What a recipe needs of the messages: those that went with a request, as they stood then."""

import json

from llm.types import Message
from storage.file.database import DatabaseFile
from storage.records import StoredReply

_WENT = """
    SELECT m.id, m.role, m.text FROM json_each(?) j JOIN messages m ON m.id = j.value
    JOIN conversations c ON c.id = m.conversation_id WHERE c.deleted_at IS NULL
"""


class Recipes:
    """What made the replies."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def messages_of(self, reply: StoredReply) -> dict[int, Message]:
        """The messages that went with a reply's request, by id, without those that were removed since.

        The message that the reply continued is as long as it was then.
        """
        ids = reply.sent.message_ids if reply.sent else ()
        with self._file.read() as connection:
            rows = connection.execute(_WENT, (json.dumps(ids),)).fetchall()
        went = {id_: Message(role, text) for id_, role, text in rows}
        if reply.message_id in went:
            continued = went[reply.message_id]
            went[reply.message_id] = Message(continued.role, continued.content[: reply.text_start])
        return went
