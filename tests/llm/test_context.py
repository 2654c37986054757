"""What is sent of a conversation: all that fits, the newest first to stay, and never less than the question."""

from hypothesis import given
from hypothesis import strategies as st

from llm.models.tokens import tokenizer_for
from llm.types import Message
from llm.wire.context import Context, Room, fit

TOKENIZER = tokenizer_for("gpt-4", False)


class ByLength:
    """One token a character and one a message; three a request."""

    def __init__(self) -> None:
        self.counted = 0

    def count_message(self, message: Message) -> int:
        self.counted += 1
        return 1 + len(message.content)

    def count_request(self, messages) -> int:
        return 3 + sum(map(self.count_message, messages))


def talk(*lengths: int, first: str = "user") -> list[tuple[int, Message]]:
    """Messages of these lengths by turns, with ids from 10 on."""
    roles = ("user", "assistant") if first == "user" else ("assistant", "user")
    return [(10 + i, Message(roles[i % 2], "天" * length)) for i, length in enumerate(lengths)]


def test_everything_is_sent_when_it_fits():
    context = fit(talk(4, 4, 4), "简短回答", Room(100, 10), ByLength())
    assert context.message_ids == (10, 11, 12)
    assert context.messages[0] == Message("system", "简短回答")
    assert (context.sent, context.total, context.tokens) == (3, 3, 3 + 5 + 15)


def test_everything_is_sent_when_the_window_is_unknown():
    assert fit(talk(*[10_000] * 9), None, Room(), ByLength()).sent == 9


def test_the_oldest_messages_go_first_and_what_is_left_begins_with_the_user():
    context = fit(talk(9, 9, 9, 9, 9), None, Room(60, 17), ByLength())  # 40 for messages: four would fit
    assert context.message_ids == (12, 13, 14)
    assert context.tokens == 3 + 30


def test_the_system_prompt_stays_and_takes_its_room():
    without = fit(talk(9, 9, 9), None, Room(50, 17), ByLength())
    context = fit(talk(9, 9, 9), "x" * 9, Room(50, 17), ByLength())
    assert (without.sent, context.sent) == (3, 1)
    assert [message.role for message in context.messages] == ["system", "user"]


def test_the_newest_user_message_is_sent_even_if_it_cannot_fit():
    context = fit(talk(5, 5, 500), None, Room(100, 20), ByLength())
    assert context.message_ids == (12,)
    assert context.tokens > 100


def test_replies_after_the_newest_user_message_are_sent_with_it():
    history = [*talk(5, 5, 5), (13, Message("assistant", "y" * 500)), (14, Message("assistant", "z"))]
    assert fit(history, None, Room(100, 20), ByLength()).message_ids == (12, 13, 14)


def test_without_a_limit_a_quarter_of_the_window_is_kept_for_the_reply():
    assert fit(talk(36, 36), None, Room(103), ByLength()).sent == 2  # 103 - 25 - 3 = 75 tokens for 74
    assert fit(talk(36, 39, first="assistant"), None, Room(103), ByLength()).sent == 1


def test_of_a_large_window_no_more_than_4096_tokens_are_kept_for_the_reply():
    assert fit(talk(90_000), None, Room(100_000), ByLength()).tokens <= 100_000 - 4096
    assert fit(talk(1, 1, 95_890), None, Room(100_000), ByLength()).sent == 3
    assert fit(talk(1, 1, 95_900), None, Room(100_000), ByLength()).sent == 1


def test_a_conversation_without_messages_or_without_a_user_is_no_error():
    assert fit([], "你好", Room(10, 100), ByLength()).message_ids == ()
    assert fit(talk(50, first="assistant"), None, Room(10, 5), ByLength()).message_ids == (10,)


def test_the_line_says_what_is_sent():
    context = Context((1,), (Message("user", "你好"),), sent=12, total=40, tokens=3100, window=8192)
    assert context.line == "sends 12 of 40 messages, ≈3,100 of 8,192 tokens"


def test_the_tokens_are_those_of_the_request():
    context = fit(talk(7, 9, 11), "简短回答", Room(8192), TOKENIZER)
    assert context.tokens == TOKENIZER.count_request(context.messages)


def test_a_part_fills_at_least_half_of_the_room():
    for turns in range(1, 60):
        context = fit(talk(*[9] * (2 * turns - 1)), None, Room(430, 30), ByLength())
        assert context.sent == context.total or 200 <= context.tokens <= 400


@given(st.lists(st.integers(1, 90), min_size=40, max_size=120), st.integers(400, 1200))
def test_from_turn_to_turn_it_begins_where_it_did_so_that_little_is_read_again(lengths, window):
    """A server reads again all that follows the first difference: that is counted, over a whole conversation."""
    history, before, read, said = talk(*lengths), (), 0, 0
    for end in range(1, len(history) + 1, 2):
        now = fit(history[:end], None, Room(window, window // 4), ByLength()).messages
        same = next((n for n, (a, b) in enumerate(zip(before, now, strict=False)) if a is not b), len(before))
        read += sum(1 + len(message.content) for message in now[same:])
        said += sum(1 + len(message.content) for _, message in history[max(0, end - 2) : end])
        before = now
    assert read <= 4 * said


def test_of_a_long_conversation_only_the_end_is_looked_at():
    counter = ByLength()
    context = fit(talk(*[5] * 5_000), "x", Room(3_000), counter)
    assert context.sent <= counter.counted <= 2 * context.sent + 2
    assert context.total == 5_000


roles = st.sampled_from(["user", "user", "assistant"])
histories = st.lists(st.builds(Message, roles, st.text("天气ab ", max_size=40)), max_size=30)


@given(histories, st.integers(1, 400), st.none() | st.integers(1, 200), st.none() | st.text(max_size=20))
def test_whatever_the_conversation(messages, window, max_tokens, system_prompt):
    history = list(enumerate(messages, start=1))
    context = fit(history, system_prompt, Room(window, max_tokens), ByLength())
    kept = context.messages[1:] if system_prompt else context.messages
    newest = max((i for i, message in enumerate(messages) if message.role == "user"), default=None)

    assert list(kept) == messages[len(messages) - len(kept) :]
    assert context.message_ids == tuple(i for i, _ in history[len(messages) - len(kept) :])
    assert context.tokens == ByLength().count_request(context.messages)
    assert not messages or kept
    if newest is not None:
        assert len(kept) >= len(messages) - newest
        assert len(kept) == len(messages) or kept[0].role == "user"
        if len(kept) > len(messages) - newest:  # more than has to be sent: then it fits
            assert context.tokens + (window // 4 if max_tokens is None else max_tokens) <= window
