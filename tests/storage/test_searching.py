"""Searching: what is found is what a plain look at every text finds, whatever has happened to them."""

import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from llm.types import Settings
from storage.file.migrations import MIGRATIONS
from storage.records import Thumb
from storage.search.filters import Filters
from storage.search.words import WINDOW, excerpt, marked, spelled, words_of
from storage.store import Store
from tests.storage.first_schema import first_schema_file
from tests.storage.samples import SETTINGS, outcome, run, say, say_again

NOW = timedelta(0)
# Of all characters: with other ones, words would be lost in every file.
SPELLINGS = "9de5d590a922f5e41a3513a610172aa974385e286ee19b5f4dc47ced3606df65"
ODD = ['"', "'", "*", "NEAR(", "AND", "a OR b", "-x", "^x", "{a b}", ":", "\0", "\ud800", "?!", "👩‍👧", "字" * 10_000]


def found(store, typed, filters=Filters()):  # noqa: B008 (frozen values)
    """The ids of the messages found, and the titles."""
    hits = store.search.find(typed, filters, limit=1000)
    numbers = [hit.message_id for hit in hits if hit.message_id]
    return numbers, [hit.conversation.title for hit in hits if not hit.message_id]


def holds(text, typed):
    """Whether a text has all the words, found by looking at each of its words."""
    words = words_of(typed)
    in_text = spelled(text).split()
    return bool(words) and all(
        any(_begins(in_text[start:], row, unfinished) for start in range(len(in_text)))
        for row, unfinished in words.in_order()
    )


def _begins(here, row, unfinished):
    if len(here) < len(row):
        return False
    last = here[len(row) - 1]
    fits = last.startswith(row[-1]) if unfinished else last == row[-1]
    return fits and tuple(here[: len(row) - 1]) == row[:-1]


def names(pieces):
    return [text for text, is_word in pieces if is_word]


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("机器", 1),
        ("机器学习", 1),
        ("学机", 0),
        ("カタ", 1),
        ("한국", 1),
        ("uber", 1),
        ("ÜBER", 1),
        ("strasse", 1),
        ("naïv", 1),
        ("naiv ", 0),
        ("foo bar", 1),
        ("foo_bar(", 1),
        ("bar foo", 1),
        ("bar_foo", 0),
        ("👩", 1),
        ("👩‍👧", 1),
        ("€5", 1),
        ("nowhere", 0),
    ],
)
def test_words_are_found_in_any_script_and_spelling(store, typed, count):
    say(store, "机器学习 カタカナ 한국어 Über die Straße, naïve foo_bar() 👩‍👧 €5", "")
    assert len(found(store, typed)[0]) == count


@pytest.mark.parametrize("typed", ODD)
def test_any_string_is_a_valid_search(store, typed):
    say(store, "nothing of the kind", "什么都没有")
    assert found(store, typed) == ([], [])
    assert store.search.conversations(typed) == []


def test_titles_come_first_then_messages_the_newest_first_page_by_page(store):
    turns = [say(store, f"rain 雨 {number}", "no") for number in range(5)]
    for turn in turns[:3]:
        store.conversations.rename(turn.conversation_id, "雨 rain")
    whole = store.search.find("雨", limit=99)
    assert [hit.place.in_titles for hit in whole] == [True] * 3 + [False] * 5
    assert all(newer.place.number > older.place.number for newer, older in pairwise(whole[3:]))
    paged, before = [], None
    while page := store.search.find("雨", limit=2, before=before):
        paged += page
        before = page[-1].place
    assert paged == whole
    assert len(store.search.conversations("雨")) == 5


def test_filters_are_by_model_thumb_day_tag_and_archive(store):
    other = say(store, "雨 one", "雨 two", settings=Settings("家", "别的模型"))
    turn = say(store, "雨 three", "雨 four")
    store.ratings.rate(turn.reply_message_id, Thumb.DOWN)
    store.labels.set_tags(other.conversation_id, ["天气"])
    store.labels.archive([turn.conversation_id])
    hour, present = timedelta(hours=1), datetime.now(UTC)
    everything = [turn.reply_message_id, turn.prompt_id, other.reply_message_id, other.prompt_id]
    for filters, expected in [
        (Filters(model="别的模型"), everything[2:3]),
        (Filters(thumb=Thumb.DOWN), everything[:1]),
        (Filters(thumb=Thumb.UP), []),
        (Filters(tag="天气"), everything[2:]),
        (Filters(archived=True), everything[:2]),
        (Filters(archived=False), everything[2:]),
        (Filters(since=present - hour), everything),
        (Filters(since=present - hour, until=present - hour), []),
        (Filters("别的模型", None, present - hour, present + hour, "天气", False), everything[2:3]),
    ]:
        assert found(store, "雨", filters)[0] == expected
        assert found(store, "", filters)[0] == expected
    assert store.search.models() == sorted([SETTINGS.model, "别的模型"])
    assert [listed.id for listed in store.listing.page(Filters(tag="天气"), 9)] == [other.conversation_id]


def test_only_chats_are_searched_and_no_deleted_one(store):
    turn = say(store, "雨", "雨")
    run(store, store.experiments.create("试", "{}"), "a", prompt="雨")
    assert len(found(store, "雨")[0]) == 2
    store.conversations.delete(turn.conversation_id)
    assert found(store, "雨") == ([], [])
    store.conversations.restore(turn.conversation_id)
    assert len(found(store, "雨")[0]) == 2


def test_an_older_file_is_indexed_when_it_is_opened(tmp_path):
    with closing(Store(first_schema_file(tmp_path / "playground.db"))) as store:
        assert found(store, "你好") == ([1], [])
        assert found(store, "分支")[1] == ["分支"]
        assert found(store, "一半") == ([], []), "its reply still streams"
        store.replies.interrupt_streaming()
        assert found(store, "一半") == ([2], [])


def test_what_was_found_is_marked_as_it_was_written():
    words = words_of("cafe 学习 mach")
    assert names(marked("Un Café: 机器学习, Machine learning", words)) == ["Café", "学习", "Mach"]
    cut = excerpt("word " * 500 + "then CAFÉ\n\nand more " + "word " * 500, words)
    assert names(cut) == ["CAFÉ"]
    assert cut[0] == cut[-1] == ("…", False)
    assert len("".join(text for text, _ in cut)) < 180


@pytest.mark.parametrize("place", [0, 1, *range(WINDOW - 12, WINDOW + 3), 19 * WINDOW + 7])
@pytest.mark.parametrize("written", ["机器学习", "Machine learning", "Cafe\u0301"])
def test_the_first_word_of_a_long_text_is_in_its_excerpt_wherever_it_stands(place, written):
    text = ("填 " * 50_000)[:place] + f" {written} " + "充 " * 500
    assert names(excerpt(text, words_of(f"{written} "))) == written.split()


def test_the_end_of_a_long_word_is_not_taken_for_a_word():
    cut = excerpt("ye\u0301" * WINDOW + "cafe" + " more" * WINDOW + " cafe 茶", words_of("cafe"))
    assert names(cut) == ["cafe"]
    assert "".join(text for text, _ in cut).endswith("cafe 茶")


def test_a_character_is_spelled_alike_on_every_python():
    spellings = (spelled(chr(code)) for code in range(0x30000))
    assert sha256("|".join(spellings).encode()).hexdigest() == SPELLINGS
    assert spelled("Straße Ⴀ Ꭰ İ ǅ ﬃ").split() == ["strasse", "Ⴀ", "Ꭰ", "i", "dz", "ffi"]
    assert spelled("Ა\U00010570ꟲ").split() == ["Ა", "\U00010570", "ꟲ"]  # 11, 14 and 14: they came later than 3.2


@settings(max_examples=300)
@given(st.text(max_size=60), st.text(min_size=1, max_size=8))
def test_every_piece_of_a_text_is_in_its_excerpt_and_only_what_is_searched_for_is_marked(text, typed):
    words = words_of(typed)
    assert "".join(piece for piece, _ in marked(text, words)).split() == text.split()
    assert bool(names(marked(text, words))) >= holds(text, typed)


@settings(max_examples=25)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6), st.text(max_size=12))
def test_any_text_is_found_by_what_stands_in_it(texts, typed):
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder) / "p.db")) as store:
        numbers = {say(store, text, "").prompt_id: text for text in texts}
        if typed.strip():
            assert found(store, typed)[0] == [id_ for id_, text in reversed(numbers.items()) if holds(text, typed)]


def index_of(store):
    """The words that are in the index of messages, in whatever part of it."""
    with store._file.write() as database:
        database.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, message_words, row)")
        words = {word for (word,) in database.execute("SELECT term FROM temp.vocabulary")}
        database.execute("DROP TABLE temp.vocabulary")
    return words


def test_not_a_word_of_what_was_removed_is_left_in_the_file(tmp_path):
    path = tmp_path / "playground.db"
    with closing(Store(path)) as store:
        for number in range(50):
            say(store, f"filler{number} 留下", "words that stay")
        turn = say(store, "zanzibarine 秘", "xylophonist4711 密")
        store.conversations.rename(turn.conversation_id, "quartermastery")
        store.conversations.rename(turn.conversation_id, "other")
        further = store.replies.begin_continuation(turn.reply_id, SETTINGS)
        store.replies.finish(further.reply_id, "xylophonist4711 密 kaleidoscopic", "", outcome())
    with closing(Store(path, (*MIGRATIONS, lambda database: None))) as store:  # makes a backup
        secrets = ("zanzibarine", "xylophonist", "quartermastery", "kaleidoscopic")
        assert len(list(tmp_path.glob("*.backup-*"))) == 1
        for secret in secrets:
            assert any(secret[3:].encode() in file.read_bytes() for file in tmp_path.iterdir())
        store.conversations.delete(turn.conversation_id)
        assert store.conversations.purge_deleted(NOW)
        for secret in secrets:
            assert [file.name for file in tmp_path.iterdir() if secret[3:].encode() in file.read_bytes()] == []
        assert not index_of(store) & {*secrets, "秘", "密", "xylophonist4711"}
        assert len(found(store, "留下")[0]) == 50


WORDS = st.lists(st.sampled_from(["rain", "rains", "雨", "下雨", "Über", "x_y", "👩‍👧", "\0", "?"]), max_size=4)
TEXTS = WORDS.map(" ".join)


class SearchMachine(RuleBasedStateMachine):
    """Any order of what texts go through; the index is compared with the texts that the file holds."""

    turns = Bundle("turns")

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "p.db")
        self.streaming = {}  # the turns whose replies stream

    @rule(target=turns, text=TEXTS, title=TEXTS)
    def begin(self, text, title):
        turn = self.store.replies.begin(None, text, title, SETTINGS)
        self.streaming[turn.reply_id] = turn
        return turn

    @rule(turn=turns, text=TEXTS)
    def save_partial(self, turn, text):
        self.store.replies.save_partial(turn.reply_id, turn.text + text, "")

    @rule(turn=turns, text=TEXTS)
    def finish(self, turn, text):
        self.store.replies.finish(turn.reply_id, turn.text + text, "", outcome())
        self.streaming.pop(turn.reply_id, None)

    @rule()
    def interrupt(self):
        self.store.replies.interrupt_streaming()
        self.streaming.clear()

    def is_free(self, turn):
        """The conversation, if it is there and nothing streams in it."""
        busy = any(turn.conversation_id == other.conversation_id for other in self.streaming.values())
        return None if busy else self.store.conversations.get(turn.conversation_id)

    @rule(target=turns, turn=turns, text=TEXTS)
    def go_on(self, turn, text):
        if not self.is_free(turn):
            return turn
        further = self.store.replies.begin(turn.conversation_id, text, "", SETTINGS)
        self.streaming[further.reply_id] = further
        return further

    @rule(target=turns, turn=turns)
    def carry_on(self, turn):
        here = self.is_free(turn)
        if not here or here.leaf_id != turn.reply_message_id:
            return turn
        reply = self.store.messages.path(turn.conversation_id)[-1].reply
        further = self.store.replies.begin_continuation(reply.id, SETTINGS)
        self.streaming[further.reply_id] = further
        return further

    @rule(turn=turns)
    def regenerate(self, turn):
        here = self.is_free(turn)
        if here and here.leaf_id == turn.reply_message_id:
            say_again(self.store, turn, "雨 again")

    @rule(turn=turns)
    def fork(self, turn):
        if self.is_free(turn):
            self.store.conversations.fork(turn.reply_message_id)

    @rule(turn=turns, title=TEXTS)
    def rename(self, turn, title):
        if self.store.conversations.get(turn.conversation_id):
            self.store.conversations.rename(turn.conversation_id, title)

    @rule(turn=turns)
    def delete(self, turn):
        self.store.conversations.delete(turn.conversation_id)

    @rule(turn=turns)
    def restore(self, turn):
        if any(
            gone.id == turn.conversation_id for gone in self.store.conversations.recently_deleted(timedelta(days=1))
        ):
            self.store.conversations.restore(turn.conversation_id)

    @rule()
    def purge(self):
        self.store.conversations.purge_deleted(NOW)

    @invariant()
    def the_search_finds_what_a_plain_look_finds(self):
        with self.store._file.read() as connection:
            said = connection.execute("""
                SELECT m.id, m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id
                WHERE c.deleted_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM replies r WHERE r.message_id = m.id AND r.status = 'streaming')
                ORDER BY m.id DESC
            """).fetchall()
            titles = [
                title for (title,) in connection.execute("SELECT title FROM conversations WHERE deleted_at IS NULL")
            ]
        for typed in ("rain", "rain ", "雨", "下雨", "uber x", "x y", "👩"):
            numbers, in_titles = found(self.store, typed)
            assert numbers == [id_ for id_, text in said if holds(text, typed)]
            assert sorted(in_titles) == sorted(title for title in titles if holds(title, typed))

    @invariant()
    def the_index_is_sound(self):
        with self.store._file.write() as database:
            for table in ("message_words", "title_words"):
                database.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


TestSearchMachine = SearchMachine.TestCase
TestSearchMachine.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
