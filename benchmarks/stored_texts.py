"""Many messages in many conversations, written into the file at once: a turn each would take minutes."""

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from string import ascii_lowercase

from storage.search import index as search_index
from storage.store import Store

LENGTH = 10  # messages of a conversation
COMMON, RARE, RARE_MODEL = "the", "zanzibar", "seldom-asked"
LONG, IN_LONG = 100_000, "timbuktu"  # characters of a few long texts, and the word at the end of each
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_EVERY = 5_000  # messages between two with the rare word, two long ones, or two replies of the rare model
_LONG_ONE = 7  # behind the rare word

_CONVERSATION = """
    INSERT INTO conversations (id, activity, created_at, updated_at, title, connection, model, parameters)
    VALUES (?, ?, ?, ?, ?, 'x', 'usual', '{}')
"""
_MESSAGE = "INSERT INTO messages (id, conversation_id, parent_id, role, created_at, text) VALUES (?, ?, ?, ?, ?, ?)"
_REPLY = """
    INSERT INTO replies (id, message_id, connection, model, status, started_at, parameters)
    VALUES (?, ?, 'x', ?, 'complete', ?, '{}')
"""


def store_texts(folder: Path, messages: int) -> None:
    """So many messages, ten minutes apart, in the file of this folder: words as often as words are, some Chinese."""
    texts = _texts(random.Random(6))
    with closing(Store(folder / "playground.db")) as store, store._file.write() as database:
        for start in range(1, messages, LENGTH):
            _write(database.conn, start, texts)
        opened = (
            "UPDATE conversations SET leaf_id = (SELECT max(id) FROM messages WHERE conversation_id = conversations.id)"
        )
        database.execute(opened)
        search_index.put_all(database)


def _write(connection: object, start: int, texts: Iterator[str]) -> None:
    id_, moment = f"{start:032x}", (FIRST_DAY + timedelta(minutes=10 * start)).isoformat(timespec="microseconds")
    connection.execute(_CONVERSATION, (id_, start, moment, moment, f"Conversation {start} 对话"))
    for number in range(start, start + LENGTH):
        is_reply, is_rare = (number - start) % 2, number % _EVERY in (0, 1)
        text = _long(texts) if number % _EVERY == _LONG_ONE else next(texts) + (f" {RARE}" if is_rare else "")
        parent = number - 1 if number > start else None
        connection.execute(_MESSAGE, (number, id_, parent, ("user", "assistant")[is_reply], moment, text))
        if is_reply:
            model = RARE_MODEL if number % _EVERY in (0, 1) else "usual"
            connection.execute(_REPLY, (f"{number:032x}", number, model, moment))


def _long(texts: Iterator[str]) -> str:
    said = ""
    while len(said) < LONG:
        said += f"{next(texts)} "
    return f"{said[: LONG - len(IN_LONG) - 1]} {IN_LONG}"


def _texts(chance: random.Random) -> Iterator[str]:
    """Texts of fifty words and twenty Chinese characters, each the rarer the later it stands in its list."""
    words = [COMMON, *("".join(chance.choices(ascii_lowercase, k=chance.randint(2, 10))) for _ in range(20_000))]
    characters = [chr(0x4E00 + number) for number in range(3_000)]
    how_often = list(accumulate(1 / place for place in range(1, len(words) + 1)))
    while True:
        latin = " ".join(chance.choices(words, cum_weights=how_often, k=50))
        yield latin + " " + "".join(chance.choices(characters, cum_weights=how_often[:3_000], k=20))
