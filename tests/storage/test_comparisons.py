"""Comparisons: a conversation for each repetition of each column, apart from chats, and removed whole."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from llm.types import Parameters, Status
from storage.errors import ComparisonGone, ConversationBusy, ConversationGone, NotBlind, NothingToCopy
from storage.experiments.records import StoredVote
from storage.file.backups import back_up
from storage.file.migrations import MIGRATIONS
from storage.store import Store
from tests.storage.children import killed_at_each_step
from tests.storage.first_schema import second_schema_file
from tests.storage.samples import SETTINGS, outcome, say, texts

HOT = replace(SETTINGS, parameters=Parameters(temperature=1.5))
COLUMNS = (SETTINGS, HOT)
NO_TIME, LONG = timedelta(0), timedelta(days=1)


def ask(store, comparison, prompt="问", reply="答。", end=None):
    """One whole turn of all columns; its turns."""
    turns = [turn for _, turn in store.comparisons.begin_turn(comparison.id, prompt)]
    for turn in turns:
        assert store.replies.finish(turn.reply_id, reply, "", end or outcome())
    return turns


def compare(store, prompt="问", reply="答。", repetitions=1, blind=False):
    """A comparison with one whole turn."""
    comparison = store.comparisons.create("标题", COLUMNS, repetitions, blind)
    ask(store, comparison, prompt, reply)
    return comparison


def everywhere(store, comparison):
    """The texts of each conversation of a comparison, by column and repetition."""
    return [[texts(store, id_) for id_ in own] for own in comparison.conversations]


def files_with(folder, text):
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]


def test_a_comparison_is_kept_with_its_columns(store):
    made = store.comparisons.create("比较", COLUMNS, 3, True)
    kept = store.comparisons.get(made.id)
    assert kept == made
    assert (kept.title, kept.columns, kept.repetitions) == ("比较", COLUMNS, 3)
    assert (kept.blind, kept.revealed, kept.hidden) == (True, False, True)
    assert [len(own) for own in kept.conversations] == [3, 3]
    store.comparisons.rename(made.id, "新名")
    store.comparisons.reveal(made.id)
    kept = store.comparisons.get(made.id)
    assert (kept.title, kept.revealed, kept.hidden) == ("新名", True, False)
    assert store.comparisons.get("没有") is None


def test_the_comparison_that_was_asked_last_stands_first_whatever_is_done_with_others(store):
    first, second, third = (compare(store, f"第{n}个", blind=True) for n in range(3))
    ask(store, second, "又问")
    when = {listed.id: listed.updated_at for listed in store.comparisons.recent(9)}
    assert list(when) == [second.id, third.id, first.id]
    assert when[second.id] > when[third.id] > when[first.id]
    store.comparisons.rename(first.id, "新名")
    store.comparisons.reveal(first.id)
    store.comparisons.delete(third.id)
    store.comparisons.restore(third.id)
    assert {listed.id: listed.updated_at for listed in store.comparisons.recent(9)} == when
    assert [listed.id for listed in store.comparisons.recent(2)] == [second.id, third.id]


def test_the_list_tells_what_was_compared(store):
    store.comparisons.create("比较", COLUMNS, 3, False)
    store.comparisons.reveal(store.comparisons.create("盲", (*COLUMNS, HOT), 1, True).id)
    told = [
        (each.title, each.columns, each.repetitions, each.blind, each.revealed) for each in store.comparisons.recent(9)
    ]
    assert told == [("盲", 3, 1, True, True), ("比较", 2, 3, False, False)]


def test_a_prompt_begins_a_reply_in_every_conversation_with_the_settings_of_its_column(store):
    comparison = store.comparisons.create("比较", COLUMNS, 2, False)
    begun = store.comparisons.begin_turn(comparison.id, "你好")
    assert [settings for settings, _ in begun] == [SETTINGS, HOT, SETTINGS, HOT]
    by_repetition = [own[n] for n in range(2) for own in comparison.conversations]
    assert [turn.conversation_id for _, turn in begun] == by_repetition
    [prompt, answer] = store.messages.path(comparison.conversations[1][0])
    assert (prompt.text, answer.reply.settings, answer.reply.status) == ("你好", HOT, Status.STREAMING)


def test_nothing_is_stored_anywhere_while_a_reply_streams_in_one_of_them(store):
    comparison = store.comparisons.create("比较", COLUMNS, 1, False)
    [(_, first), _] = store.comparisons.begin_turn(comparison.id, "问")
    store.replies.finish(first.reply_id, "答。", "", outcome())
    before = everywhere(store, comparison)
    with pytest.raises(ConversationBusy):
        store.comparisons.begin_turn(comparison.id, "又问")
    assert everywhere(store, comparison) == before == [[["问", "答。"]], [["问", ""]]]


def test_of_two_that_send_at_once_one_is_refused_everywhere(store):
    comparison = store.comparisons.create("比较", COLUMNS, 3, False)
    refused = []

    def send():
        try:
            store.comparisons.begin_turn(comparison.id, "问")
        except ConversationBusy:
            refused.append(1)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert everywhere(store, comparison) == [[["问", ""]] * 3] * 2


def test_its_conversations_are_in_no_list_of_chats_and_name_no_model_for_a_new_one(store):
    comparison = compare(store)
    assert store.conversations.recent(9) == []
    assert store.conversations.get(comparison.conversations[0][0]) is None
    assert store.replies.last_model(SETTINGS.connection) is None
    store.comparisons.delete(comparison.id)
    assert store.conversations.recently_deleted(LONG) == []


def test_what_it_cost_counts_for_the_day(store):
    compare(store, repetitions=2)
    long_ago = datetime.fromisoformat("1999-01-01T00:00:00+00:00")
    assert store.replies.spending(None, long_ago, long_ago).day == 4 * outcome().cost.amount


def test_replies_that_stream_when_the_process_ends_are_interrupted_like_any_other(store, tmp_path):
    comparison = store.comparisons.create("比较", COLUMNS, 1, False)
    [(_, first), _] = store.comparisons.begin_turn(comparison.id, "问")
    store.replies.save_partial(first.reply_id, "一半", "")
    store.close()
    with closing(Store(tmp_path / "playground.db")) as reopened:
        assert reopened.replies.interrupt_streaming() == 2
        assert reopened.comparisons.get(comparison.id) == comparison
        assert everywhere(reopened, comparison) == [[["问", "一半"]], [["问", ""]]]
        ask(reopened, comparison, "再问")


class TestCopying:
    def test_a_comparison_goes_on_from_a_message_of_a_chat_in_every_conversation(self, store):
        chat = say(store, "你好", "您好！").conversation_id
        source = say(store, "再见", "慢走。", chat).reply_message_id
        say(store, "后来", "不抄。", chat)
        comparison = store.comparisons.create("比较", COLUMNS, 2, False, source)
        assert everywhere(store, comparison) == [[["你好", "您好！", "再见", "慢走。"]] * 2] * 2
        ask(store, comparison, "那么？", "好。")
        assert texts(store, comparison.conversations[1][1])[-3:] == ["慢走。", "那么？", "好。"]
        assert texts(store, chat)[-2:] == ["后来", "不抄。"]

    def test_a_copy_cost_nothing_and_has_no_replies(self, store):
        source = say(store, "你好").reply_message_id
        comparison = store.comparisons.create("比较", COLUMNS, 1, False, source)
        copied = store.messages.path(comparison.conversations[0][0])
        assert [message.replies for message in copied] == [(), ()]
        assert store.conversations.spent(comparison.conversations[0][0]).replies == 0

    def test_a_branch_is_copied_as_it_leads_to_the_message(self, store):
        turn = say(store, "你好", "第一答")
        again = store.replies.begin_again(turn.reply_message_id, SETTINGS)
        store.replies.finish(again.reply_id, "第二答", "", outcome())
        comparison = store.comparisons.create("比较", COLUMNS, 1, False, turn.reply_message_id)
        assert texts(store, comparison.conversations[0][0]) == ["你好", "第一答"]

    def test_only_whole_turns_are_copied(self, store):
        chat = say(store, "你好", "您好！").conversation_id
        say(store, "失败", "", chat, end=outcome(Status.FAILED))
        say(store, "停止", "一半", chat, end=outcome(Status.STOPPED))
        streaming = store.replies.begin(chat, "还在", "标题", SETTINGS)
        store.replies.save_partial(streaming.reply_id, "来着", "")
        comparison = store.comparisons.create("比较", COLUMNS, 1, False, streaming.reply_message_id)
        assert texts(store, comparison.conversations[0][0]) == ["你好", "您好！", "停止", "一半"]

    def test_a_message_of_a_deleted_chat_is_not_copied_and_no_comparison_is_left(self, store):
        turn = say(store, "你好")
        store.conversations.delete(turn.conversation_id)
        for missing in (turn.reply_message_id, 4711):
            with pytest.raises(ConversationGone):
                store.comparisons.create("比较", COLUMNS, 1, False, missing)
        assert store.comparisons.recent(9) == []

    def test_a_column_goes_on_as_a_chat_with_its_settings(self, store):
        comparison = compare(store, "你好", "您好！")
        column = comparison.conversations[1][0]
        chat = store.conversations.get(store.comparisons.copy_to_chat(column, "接着聊"))
        assert (chat.title, chat.settings) == ("接着聊", HOT)
        assert [listed.id for listed in store.conversations.recent(9)] == [chat.id]
        prompt, answer = store.messages.path(chat.id)
        assert (prompt.text, answer.text, answer.replies) == ("你好", "您好！", ())
        assert store.conversations.spent(chat.id).replies == 0
        say(store, "再问", "再答", chat.id)
        assert texts(store, chat.id) == ["你好", "您好！", "再问", "再答"]
        assert texts(store, column) == ["你好", "您好！"]

    def test_a_copied_answer_is_regenerated_like_any_other(self, store):
        chat = store.comparisons.copy_to_chat(compare(store).conversations[0][0], "接着聊")
        copied = store.messages.path(chat)[-1]
        again = store.replies.begin_again(copied.id, SETTINGS)
        store.replies.finish(again.reply_id, "新的", "", outcome())
        newest = store.messages.path(chat)[-1]
        assert (newest.text, newest.sibling, newest.siblings) == ("新的", 2, 2)

    def test_a_column_without_a_reply_makes_no_chat(self, store):
        comparison = store.comparisons.create("比较", COLUMNS, 1, False)
        with pytest.raises(NothingToCopy):
            store.comparisons.copy_to_chat(comparison.conversations[0][0], "无")
        ask(store, comparison, reply="", end=outcome(Status.FAILED))
        with pytest.raises(NothingToCopy):
            store.comparisons.copy_to_chat(comparison.conversations[0][0], "无")
        with pytest.raises(ConversationGone):
            store.comparisons.copy_to_chat("没有", "无")
        assert store.conversations.recent(9) == []


class TestVotes:
    def test_one_vote_counts_on_a_turn_and_repetition_and_the_last_one_does(self, store):
        id_ = compare(store, blind=True).id
        for turn, repetition, verdict in ((1, 0, "tie"), (0, 0, "A"), (0, 1, "both bad"), (0, 0, "B")):
            store.votes.cast(id_, turn, repetition, verdict)
        cast = [(0, 0, "B"), (0, 1, "both bad"), (1, 0, "tie")]
        assert store.votes.of(id_) == [StoredVote(id_, *vote) for vote in cast]

    def test_only_votes_of_revealed_comparisons_are_summed(self, store):
        first, second, third = (compare(store, blind=True).id for _ in range(3))
        for id_ in (first, second, third):
            store.votes.cast(id_, 0, 0, "A")
            store.votes.cast(id_, 1, 0, "B")
        for id_ in (third, first):
            store.comparisons.reveal(id_)
        found = store.votes.revealed()
        assert [(voted.id, voted.columns) for voted in found] == [(first, COLUMNS), (third, COLUMNS)]
        assert [vote.verdict for vote in found[0].votes] == ["A", "B"]
        store.comparisons.delete(first)
        assert [voted.id for voted in store.votes.revealed()] == [third]

    def test_no_vote_counts_where_the_settings_can_be_seen(self, store):
        seen, hidden = compare(store, blind=False).id, compare(store, blind=True).id
        store.comparisons.reveal(hidden)
        for id_ in (seen, hidden):
            with pytest.raises(NotBlind):
                store.votes.cast(id_, 0, 0, "A")
        with pytest.raises(ComparisonGone):
            store.votes.cast("没有", 0, 0, "A")


class TestTheEnd:
    def test_a_deleted_comparison_is_hidden_with_its_conversations_and_comes_back_with_them(self, store):
        comparison = compare(store, "你好", blind=True)
        store.votes.cast(comparison.id, 0, 0, "A")
        store.comparisons.delete(comparison.id)
        assert store.comparisons.get(comparison.id) is None
        assert store.comparisons.recent(9) == []
        assert everywhere(store, comparison) == [[[]], [[]]]
        assert [listed.id for listed in store.comparisons.recently_deleted(LONG)] == [comparison.id]
        for act in (
            lambda: store.comparisons.begin_turn(comparison.id, "问"),
            lambda: store.comparisons.rename(comparison.id, "新"),
            lambda: store.votes.cast(comparison.id, 0, 0, "B"),
        ):
            with pytest.raises(ComparisonGone):
                act()
        store.comparisons.restore(comparison.id)
        assert store.comparisons.get(comparison.id) == comparison
        assert everywhere(store, comparison) == [[["你好", "答。"]]] * 2
        assert [vote.verdict for vote in store.votes.of(comparison.id)] == ["A"]

    def test_one_that_was_never_sent_comes_back_too(self, store):
        comparison = store.comparisons.create("比较", COLUMNS, 1, False)
        store.comparisons.delete(comparison.id)
        store.comparisons.restore(comparison.id)
        ask(store, comparison)

    def test_a_purged_comparison_is_gone_from_every_file_and_what_it_cost_stays(self, store, tmp_path):
        secret = replace(HOT, parameters=Parameters(system_prompt="秘密-4711"))
        kept = compare(store, "留下的", blind=True)
        comparison = store.comparisons.create("秘密-4711", (secret, HOT), 2, True)
        ask(store, comparison, "秘密-4711", "秘密-4711。")
        store.votes.cast(comparison.id, 0, 0, "A")
        chat = store.comparisons.copy_to_chat(kept.conversations[0][0], "接着聊")
        store._file.checkpoint()
        back_up(tmp_path / "playground.db", 4)
        store.comparisons.delete(comparison.id)
        assert store.conversations.purge_deleted(NO_TIME)
        assert files_with(tmp_path, "秘密-4711") == []
        with pytest.raises(ComparisonGone):
            store.comparisons.restore(comparison.id)
        assert store.votes.of(comparison.id) == []
        assert texts(store, kept.conversations[0][0]) == texts(store, chat) == ["留下的", "答。"]
        long_ago = datetime.fromisoformat("1999-01-01T00:00:00+00:00")
        assert store.replies.spending(None, long_ago, long_ago).day == 6 * outcome().cost.amount

    def test_a_reply_that_still_streams_is_waited_for(self, store):
        comparison = store.comparisons.create("秘密", COLUMNS, 1, False)
        [(_, first), (_, second)] = store.comparisons.begin_turn(comparison.id, "秘密")
        store.replies.finish(first.reply_id, "好", "", outcome())
        store.comparisons.delete(comparison.id)
        assert not store.conversations.purge_deleted(NO_TIME)
        with pytest.raises(ComparisonGone):
            store.comparisons.restore(comparison.id)
        store.replies.finish(second.reply_id, "好", "", outcome())
        assert store.conversations.purge_deleted(NO_TIME)
        assert texts(store, second.conversation_id) == []


class TestAKill:
    """At any step of the work, as a power cut would."""

    @pytest.fixture
    def template(self, tmp_path):
        folder = tmp_path / "template"
        with closing(Store(folder / "playground.db")) as store:
            compare(store, "秘密-4711", "秘密-4711。")
        return folder

    def test_while_a_prompt_is_stored_leaves_it_in_all_conversations_or_in_none(self, template, tmp_path):
        send = "s = Store(path); s.comparisons.begin_turn(s.comparisons.recent(1)[0].id, '再问'); s.close()"
        killed = killed_at_each_step(template, tmp_path / "copies", send)
        lengths = []
        for copy in killed:
            with closing(Store(copy / "playground.db")) as store:
                [listed] = store.comparisons.recent(9)
                [[first], [second]] = everywhere(store, store.comparisons.get(listed.id))
                assert first == second
                lengths.append(len(first))
                assert store.replies.interrupt_streaming() == (2 if len(first) == 4 else 0)
        assert lengths == sorted(lengths)
        assert set(lengths) == {2, 4}

    def test_while_it_is_removed_leaves_nothing_that_the_next_process_does_not_remove(self, template, tmp_path):
        with closing(Store(template / "playground.db")) as store:
            store.comparisons.delete(store.comparisons.recent(1)[0].id)
        remove = "s = Store(path); s.conversations.purge_deleted(timedelta(0)); s.close()"
        for copy in killed_at_each_step(template, tmp_path / "copies", remove):
            with closing(Store(copy / "playground.db")) as store:
                for listed in store.comparisons.recently_deleted(LONG):
                    store.comparisons.restore(listed.id)
                    kept = everywhere(store, store.comparisons.get(listed.id))
                    assert kept == [[["秘密-4711", "秘密-4711。"]]] * 2, "what is offered again is whole"
                    store.comparisons.delete(listed.id)
                assert store.conversations.purge_deleted(NO_TIME)
                assert files_with(copy, "秘密-4711") == []


def test_a_file_of_the_schema_before_takes_comparisons_beside_its_chats(tmp_path):
    path = second_schema_file(tmp_path / "third.db")
    Store(path, MIGRATIONS[:3]).close()
    with closing(Store(path)) as newer:
        said = ["一", "👩‍👧乙"]
        assert texts(newer, "b2") == said
        comparison = newer.comparisons.create("比较", COLUMNS, 1, False, 5)
        assert everywhere(newer, comparison) == [[said]] * 2
        newer.comparisons.delete(comparison.id)
        assert newer.conversations.purge_deleted(NO_TIME), "the backup of the older schema has no such tables"
        assert newer.comparisons.recently_deleted(LONG) == []
