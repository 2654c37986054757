"""Comparing: one prompt to several columns at once, each with its own parameters and its own history."""

import threading
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from experiments.comparing.blind import pairwise, shown_order, shuffled, verdicts
from experiments.comparing.comparison import Setup, differing, refuse_faulty, setting_text, shared
from experiments.comparing.comparisons import Comparisons
from experiments.comparing.names import column_names, numbered
from experiments.field_problem import FieldProblem
from experiments.reading.votes import win_rates
from llm.types import Budget, Parameters, PlaygroundError, Settings, Status
from storage.experiments.records import StoredVote, VotedComparison
from storage.store import Store
from tests.playground import KEY, Playground, wait_until
from tests.upstream import Answer

COLD, HOT = (Settings("家", "模型-7b", Parameters(temperature=t)) for t in (0.0, 1.5))


@pytest.fixture
def bench(playground, upstream):
    return Bench(playground, upstream)


class Bench:
    """Comparisons of a playground, and what its server was asked."""

    def __init__(self, playground, upstream):
        self.playground, self.store, self.upstream = playground, playground.store, upstream
        self.comparisons = Comparisons(self.store.comparisons, self.store.messages, playground.turns)

    def setup(self, *temperatures, **more):
        columns = tuple(self.playground.settings(temperature=t) for t in temperatures or (0.0, 1.5))
        return Setup(columns, **more)

    def begin(self, prompt="你好", setup=None, source=None):
        return self.comparisons.begin(setup or self.setup(), prompt, source)

    def held(self, prompt="你好", setup=None):
        """A comparison whose replies the server holds after their first piece."""
        setup = setup or self.setup()
        self.upstream.answer = Answer(chunks=("一半", "全部"), hold_after=1)
        id_ = self.begin(prompt, setup)
        wait_until(lambda: len(self.replies(id_, "一半")) == len(setup.columns) * setup.repetitions)
        return id_

    def replies(self, id_, text):
        """Which replies that stream have got as far as this text."""
        return [place for place, live in self.comparisons.live(id_).items() if live.text == text]

    def ended(self, id_):
        wait_until(lambda: not self.comparisons.live(id_), 30)
        return id_

    def path(self, id_, column=0, repetition=0):
        return self.store.messages.path(self.store.comparisons.get(id_).conversations[column][repetition])

    def texts(self, id_, column=0, repetition=0):
        return [message.text for message in self.path(id_, column, repetition)]

    def statuses(self, id_):
        """Of the newest reply in each conversation, by column and repetition."""
        conversations = self.store.comparisons.get(id_).conversations
        return [[self.store.messages.path(each)[-1].reply.status for each in own] for own in conversations]

    def asked(self):
        """What arrived at the server: each time the temperature and what was said, in the order of these."""
        said = [(r.get("temperature"), [m["content"] for m in r["messages"]]) for r in self.upstream.requests]
        return sorted(said)


class TestSending:
    def test_each_column_is_asked_with_its_own_parameters_as_often_as_it_is_repeated(self, bench):
        id_ = bench.ended(bench.begin("你好", bench.setup(0.0, 1.5, repetitions=3)))
        assert bench.asked() == [(0, ["你好"])] * 3 + [(1.5, ["你好"])] * 3
        assert bench.statuses(id_) == [[Status.COMPLETE] * 3] * 2
        assert bench.texts(id_, 1, 2) == ["你好", "Hello from upstream."]
        assert bench.path(id_, 1, 2)[-1].reply.settings == bench.setup().columns[1]

    def test_all_replies_stream_at_once(self, bench):
        id_ = bench.held(setup=bench.setup(*(n / 4 for n in range(8)), repetitions=3))
        assert len(bench.comparisons.live(id_)) == 24
        bench.upstream.release()
        assert bench.texts(bench.ended(id_), 7, 2) == ["你好", "一半全部"]

    def test_a_follow_up_goes_to_all_and_each_has_only_its_own_history(self, bench):
        bench.upstream.script = [Answer(chunks=("甲",))]
        id_ = bench.begin("第一问")
        bench.ended(id_)
        own = [bench.texts(id_, column)[-1] for column in (0, 1)]
        assert sorted(own) == ["Hello from upstream.", "甲"]
        bench.upstream.requests.clear()
        bench.comparisons.follow_up(id_, "第二问")
        bench.ended(id_)
        assert bench.asked() == [(0, ["第一问", own[0], "第二问"]), (1.5, ["第一问", own[1], "第二问"])]

    def test_a_comparison_goes_on_from_a_chat(self, bench):
        answer = bench.playground.answer("早上好")
        bench.upstream.requests.clear()
        id_ = bench.ended(bench.begin("然后呢？", source=answer.id))
        said = ["早上好", "Hello from upstream.", "然后呢？"]
        assert bench.asked() == [(0, said), (1.5, said)]
        assert bench.texts(id_) == [*said, "Hello from upstream."]

    def test_a_column_goes_on_as_a_chat(self, bench):
        id_ = bench.ended(bench.begin("你好"))
        conversation = bench.store.comparisons.get(id_).conversations[1][0]
        chat = bench.store.comparisons.copy_to_chat(conversation, "接着聊")
        bench.upstream.requests.clear()
        bench.playground.stored(bench.playground.send("再说", chat, bench.store.conversations.get(chat).settings))
        assert bench.asked() == [(1.5, ["你好", "Hello from upstream.", "再说"])]
        copied = bench.store.messages.path(chat)[1]
        assert copied.replies == ()

    def test_it_is_in_no_list_of_chats_and_its_title_is_its_first_prompt(self, bench):
        id_ = bench.ended(bench.begin("你好，世界"))
        assert bench.store.conversations.recent(9) == []
        assert [(listed.id, listed.title) for listed in bench.store.comparisons.recent(9)] == [(id_, "你好，世界")]

    def test_stopping_one_column_leaves_the_others(self, bench):
        id_ = bench.held(setup=bench.setup(repetitions=2))
        bench.comparisons.stop(id_, 0)
        wait_until(lambda: set(bench.comparisons.live(id_)) == {(1, 0), (1, 1)})
        bench.upstream.release()
        bench.ended(id_)
        assert bench.statuses(id_) == [[Status.STOPPED] * 2, [Status.COMPLETE] * 2]
        assert (bench.texts(id_, 0), bench.texts(id_, 1)) == (["你好", "一半"], ["你好", "一半全部"])

    def test_stopping_all_keeps_what_had_arrived(self, bench):
        id_ = bench.held()
        bench.comparisons.stop(id_)
        bench.ended(id_)
        assert bench.statuses(id_) == [[Status.STOPPED]] * 2
        assert bench.comparisons.live("没有") == {}

    def test_two_tabs_that_send_at_once_send_once(self, bench):
        id_ = bench.ended(bench.begin())
        bench.upstream.requests.clear()
        bench.upstream.answer = Answer(hold_after=0)
        refused = []

        def send():
            try:
                bench.comparisons.follow_up(id_, "再问")
            except PlaygroundError as error:
                refused.append(str(error))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bench.upstream.release()
        bench.ended(id_)
        assert len(bench.upstream.requests) == 2
        assert len(refused) == 3
        assert all("still streaming" in sentence for sentence in refused)
        assert bench.texts(id_) == ["你好", "Hello from upstream.", "再问", "Hello from upstream."]


class TestOneColumnThatFails:
    def test_the_others_go_on_and_it_can_be_asked_again_alone(self, bench):
        bench.upstream.script = [Answer(status=400, body=b'{"error": {"message": "nein"}}')]
        id_ = bench.ended(bench.begin())
        failed = bench.statuses(id_).index([Status.FAILED])
        assert bench.path(id_, failed)[-1].reply.failure.detail == "nein"
        bench.upstream.requests.clear()
        bench.comparisons.send_to(id_, failed, 0)
        bench.ended(id_)
        assert bench.asked() == [((0, 1.5)[failed], ["你好"])]
        assert bench.statuses(id_) == [[Status.COMPLETE]] * 2
        assert [len(bench.path(id_, column)) for column in (0, 1)] == [2, 2]

    def test_what_has_its_whole_reply_is_not_asked_again(self, bench):
        id_ = bench.ended(bench.begin())
        with pytest.raises(PlaygroundError, match="whole reply"):
            bench.comparisons.send_to(id_, 0, 0)
        assert len(bench.upstream.requests) == 2

    def test_a_reply_that_streams_is_not_asked_for_again(self, bench):
        id_ = bench.held()
        with pytest.raises(PlaygroundError, match="still streaming"):
            bench.comparisons.send_to(id_, 0, 0)
        with pytest.raises(PlaygroundError, match="still streaming"):
            bench.comparisons.follow_up(id_, "再问")
        bench.upstream.release()
        bench.ended(id_)
        assert bench.texts(id_) == ["你好", "一半全部"]

    def test_the_last_of_the_budget_pays_for_one_and_the_other_says_why_not(self, bench):
        bench.playground.prefer(budget=Budget(day=Decimal("0.0001")))
        columns = tuple(bench.playground.settings("gpt-4o-mini", temperature=t) for t in (0.0, 1.0))
        id_ = bench.ended(bench.begin(setup=Setup(columns)))
        assert sorted(own[0] for own in bench.statuses(id_)) == [Status.COMPLETE, Status.FAILED]
        failed = bench.statuses(id_).index([Status.FAILED])
        assert "today's budget" in bench.path(id_, failed)[-1].reply.failure.sentence
        assert len(bench.upstream.requests) == 1
        with pytest.raises(PlaygroundError, match="Nothing is left of today's budget"):
            bench.comparisons.follow_up(id_, "再问")


class TestWhatIsRefused:
    def refused(self, bench, sentence, *args, **more):
        with pytest.raises(PlaygroundError, match=sentence):
            bench.begin(*args, **more)
        assert bench.store.comparisons.recent(9) == []
        assert bench.upstream.requests == []

    def test_nothing_is_stored_or_sent_of_a_prompt_that_cannot_be(self, bench):
        self.refused(bench, "Type a message first", " \n")
        self.refused(bench, "key stands in this message", f"我的钥匙 {KEY}")

    def test_nor_of_a_comparison_with_a_column_that_cannot_be_asked(self, bench):
        there, gone = bench.playground.settings(), Settings("不在", "model")
        self.refused(bench, "Column 2: The connection 不在 is not there", setup=Setup((there, gone)))
        telling = bench.playground.settings(system_prompt=f"钥匙 {KEY}")
        self.refused(bench, "Column 2: Your API key stands in the settings", setup=Setup((there, telling)))
        self.refused(bench, "Column 1: Choose a model", setup=Setup((replace(there, model=""), there)))

    def test_nor_from_a_message_that_is_gone(self, bench):
        self.refused(bench, "no longer here", source=4711)

    def test_nor_of_a_follow_up(self, bench):
        id_ = bench.ended(bench.begin())
        bench.upstream.requests.clear()
        with pytest.raises(PlaygroundError, match="Type a message first"):
            bench.comparisons.follow_up(id_, "")
        (bench.playground.folder / ".env").write_text("OPENAI_BASE_URL=http://elsewhere.test/v1\n")
        with pytest.raises(PlaygroundError, match=r"Column 1: The connection .* is not there"):
            bench.comparisons.follow_up(id_, "再问")
        bench.store.comparisons.delete(id_)
        with pytest.raises(PlaygroundError, match="no longer here"):
            bench.comparisons.follow_up(id_, "再问")
        assert bench.upstream.requests == []

    def test_while_the_columns_are_hidden_a_refusal_names_none_of_their_settings(self, bench):
        id_ = bench.ended(bench.begin(setup=bench.setup(blind=True)))
        (bench.playground.folder / ".env").write_text("OPENAI_BASE_URL=http://elsewhere.test/v1\n")
        with pytest.raises(PlaygroundError, match=r"^One column: It cannot be reached") as refused:
            bench.comparisons.follow_up(id_, "再问")
        assert bench.playground.name not in str(refused.value)

    @pytest.mark.parametrize(
        ("setup", "field"),
        [
            (Setup((COLD,)), "columns"),
            (Setup((COLD,) * 9), "columns"),
            (Setup((COLD, HOT), 0), "repetitions"),
            (Setup((COLD, HOT), 11), "repetitions"),
            (Setup((COLD, replace(HOT, model=""))), "columns.1.model"),
            (Setup((COLD, COLD, replace(HOT, parameters=Parameters(top_p=1.5)))), "columns.2.top_p"),
        ],
    )
    def test_a_faulty_setup_is_told_at_its_field(self, setup, field):
        with pytest.raises(FieldProblem) as problem:
            refuse_faulty(setup)
        assert problem.value.field == field


def test_after_a_restart_everything_is_there_and_what_streamed_can_be_asked_again(bench, tmp_path):
    id_ = bench.held(setup=bench.setup(repetitions=2))
    bench.comparisons.stop(id_, 0)
    wait_until(lambda: len(bench.comparisons.live(id_)) == 2)
    stored = bench.store.comparisons.get(id_)
    bench.playground.close()
    bench.store.close()
    with closing(Store(tmp_path / "playground.db")) as store, closing(Playground(store, bench.upstream, tmp_path)) as p:
        after = Bench(p, bench.upstream)
        assert store.comparisons.get(id_) == stored
        assert after.statuses(id_) == [[Status.STOPPED] * 2, [Status.INTERRUPTED] * 2]
        assert after.texts(id_, 1, 1) == ["你好", "一半"]
        assert after.comparisons.live(id_) == {}
        bench.upstream.release()
        after.comparisons.send_to(id_, 1, 1)
        after.ended(id_)
        assert after.statuses(id_)[1] == [Status.INTERRUPTED, Status.COMPLETE]


class TestWhatDiffers:
    def test_what_differs_stands_apart_from_what_is_shared(self):
        columns = (COLD, HOT, replace(COLD, model="别的"))
        assert differing(columns) == (
            {"model": "模型-7b", "temperature": 0.0},
            {"model": "模型-7b", "temperature": 1.5},
            {"model": "别的", "temperature": 0.0},
        )
        alike = shared(columns)
        assert alike["connection"] == "家"
        assert alike["top_p"] is None
        assert not {"model", "temperature"} & set(alike)

    def test_unset_differs_from_any_value(self):
        unset = replace(COLD, parameters=Parameters())
        assert differing((COLD, unset)) == ({"temperature": 0.0}, {"temperature": None})

    def test_columns_are_numbered_where_some_have_the_same_name(self):
        assert numbered(column_names(differing((COLD, COLD)))) == [["1 · Same settings"], ["2 · Same settings"]]
        some = numbered(column_names(differing((COLD, HOT, COLD))))
        assert some == [["1 · Temperature 0"], ["2 · Temperature 1.5"], ["3 · Temperature 0"]]
        assert numbered(column_names(differing((COLD, HOT)))) == [["Temperature 0"], ["Temperature 1.5"]]

    def test_settings_have_a_short_name_that_no_others_have(self):
        long = "你" * 500
        names = [
            setting_text(Settings("家", model, parameters))
            for model in ("甲", "甲 · temperature 1")
            for parameters in (
                Parameters(),
                Parameters(temperature=1),
                Parameters(temperature=0.1),
                Parameters(seed=1),
                Parameters(stop_sequences=("a, b",)),
                Parameters(stop_sequences=("a", "b")),
                Parameters(system_prompt=long),
                Parameters(system_prompt=long + "！"),
            )
        ]
        assert names[:3] == ["甲 @ 家", "甲 @ 家 · temperature 1", "甲 @ 家 · temperature 0.1"]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) < 100
        assert setting_text(replace(COLD, parameters=Parameters(temperature=1.0))).endswith("temperature 1")


class TestBlind:
    def test_the_columns_are_shuffled_and_always_in_the_same_order(self):
        orders = {f"比较{n}": shuffled(f"比较{n}", 4) for n in range(200)}
        assert orders == {id_: shuffled(id_, 4) for id_ in orders}
        assert shuffled("比较0", 4) == (2, 0, 3, 1), "also in another process"
        assert all(sorted(order) == [0, 1, 2, 3] for order in orders.values())
        assert len(set(orders.values())) == 24

    def test_each_repetition_is_shuffled_on_its_own_and_its_votes_are_counted_so(self):
        assert shuffled("比较", 4, 0) == shuffled("比较", 4)
        assert len({shuffled("比较", 4, repetition) for repetition in range(10)}) > 5
        votes = [StoredVote("比较", 0, n, "AB"[shuffled("比较", 2, n).index(1)]) for n in range(10)]
        assert len({vote.verdict for vote in votes}) == 2
        best, _ = win_rates(pairwise([VotedComparison("比较", (COLD, HOT), tuple(votes))]))
        assert (best.setting, best.wins) == (setting_text(HOT), 10)

    def test_the_columns_keep_their_places_when_they_are_revealed(self, store):
        comparison = store.comparisons.create("比较", (COLD, HOT, COLD), 1, True)
        order = shown_order(comparison)
        store.comparisons.reveal(comparison.id)
        revealed = store.comparisons.get(comparison.id)
        assert shown_order(revealed) == order
        assert shown_order(replace(comparison, blind=False)) == (0, 1, 2)

    def test_votes_are_counted_for_the_settings_behind_the_letters(self):
        cold, hot = setting_text(COLD), setting_text(HOT)
        cast = []
        for n in range(10):
            id_ = f"比较{n}"
            best = "AB"[shuffled(id_, 2).index(1)]
            cast.append(VotedComparison(id_, (COLD, HOT), (StoredVote(id_, 0, 0, best),)))
        cast.append(
            VotedComparison("平", (COLD, HOT), (StoredVote("平", 0, 0, "tie"), StoredVote("平", 0, 1, "both bad")))
        )
        first, second = win_rates(pairwise(cast))
        assert (first.setting, first.wins, first.ties, first.both_bad) == (hot, 10, 1, 1)
        assert (second.setting, second.losses) == (cold, 10)

    def test_the_best_of_several_beats_each_of_the_others(self):
        warm = replace(COLD, parameters=Parameters(temperature=0.7))
        columns = (COLD, warm, HOT)
        letter = verdicts(3)[shuffled("三", 3).index(1)]
        votes = (StoredVote("三", 0, 0, letter), StoredVote("三", 1, 0, "both bad"))
        rates = {rate.setting: rate for rate in win_rates(pairwise([VotedComparison("三", columns, votes)]))}
        assert (rates[setting_text(warm)].wins, rates[setting_text(warm)].both_bad) == (2, 2)
        assert (rates[setting_text(HOT)].losses, rates[setting_text(HOT)].wins) == (1, 0)
        assert verdicts(3) == ("A", "B", "C", "tie", "both bad")
