"""What a search and a list of conversations leave out, in SQL over the number of a message or over a conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.columns import encodable, moment
from storage.records import Thumb

_DELETED = """
    SELECT m.id FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.deleted_at IS NOT NULL
"""
_ARCHIVED = """
    SELECT m.id FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.archived_at IS NOT NULL
"""
_TAGGED = """
    SELECT m.id FROM conversation_tags t JOIN messages m ON m.conversation_id = t.conversation_id WHERE t.tag = :tag
"""
_OF_MODEL = "SELECT message_id FROM replies WHERE model = :model AND purpose IN ('chat', 'rerun')"
_RATED = "SELECT message_id FROM ratings WHERE thumb = :thumb"
_WRITTEN = "SELECT id FROM messages WHERE created_at >= :since AND created_at < :until"
_USED = """
    SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = {0} AND c.updated_at >= :since AND c.updated_at < :until
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for beside words; None: whatever it is. The times are aware: from one on, up to another."""

    model: str | None = None
    thumb: Thumb | None = None
    since: datetime | None = None
    until: datetime | None = None
    tag: str | None = None
    archived: bool | None = None

    @property
    def of_replies(self) -> bool:
        """Whether only a reply can be meant: neither a prompt nor a title has a model or a thumb."""
        return self.model is not None or self.thumb is not None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the names in the SQL."""
        return {
            "model": encodable(self.model or ""),
            "thumb": self.thumb and self.thumb.value,
            "since": moment(self.since) if self.since else "",
            "until": moment(self.until) if self.until else "~",
            "tag": encodable(self.tag or ""),
        }

    def of_message(self, number: str) -> str:
        """Conditions on a message. Each list is made once, however many messages are looked at."""
        written = f" AND +{number} IN ({_WRITTEN})" if self.since or self.until else ""
        model = f" AND +{number} IN ({_OF_MODEL})" if self.model is not None else ""
        rated = f" AND +{number} IN ({_RATED})" if self.thumb else ""
        return self._of_its_conversation(number) + written + model + rated

    def of_title(self, number: str) -> str:
        """Conditions on the first message of a conversation with a title."""
        used = f" AND EXISTS ({_USED.format(number)})" if self.since or self.until else ""
        return self._of_its_conversation(number) + used

    def _of_its_conversation(self, number: str) -> str:
        tagged = f" AND +{number} IN ({_TAGGED})" if self.tag is not None else ""
        archived = f" AND +{number} {'' if self.archived else 'NOT '}IN ({_ARCHIVED})"
        return f" AND +{number} NOT IN ({_DELETED})" + tagged + ("" if self.archived is None else archived)

    def of_conversation(self) -> str:
        """Conditions on a conversation `c`."""
        tagged = " AND c.id IN (SELECT conversation_id FROM conversation_tags WHERE tag = :tag)"
        archived = f" AND c.archived_at IS {'NOT ' if self.archived else ''}NULL"
        used = " AND c.updated_at >= :since AND c.updated_at < :until"
        return (
            ("" if self.tag is None else tagged)
            + ("" if self.archived is None else archived)
            + (used if self.since or self.until else "")
        )
