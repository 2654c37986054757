"""Counting tokens: known values, llama.cpp's own counts, text that grows, and text meant to break things."""

import json
import os
import random
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm.models import vocabularies
from llm.models.capabilities import BUILT_IN_MODEL
from llm.models.tokens import RunningCount, Tokenizer, tokenizer_for
from llm.models.vocabularies import Vocabulary, encoder
from llm.servers.local_model import LocalModel, find_model
from llm.types import Message

ROOT = Path(__file__).parents[2]
CHINESE = "我们今天去公园玩吧，天气很好！"
PROSE = "The quick brown fox doesn't jump over 12345 lazy dogs. " * 60
INSTALLED = LocalModel(find_model({}))
TOKENIZERS = [tokenizer_for("gpt-5", False), tokenizer_for("gpt-4", False), tokenizer_for(BUILT_IN_MODEL, True)]

any_text = st.text(st.characters(codec=None), max_size=300)
words = st.sampled_from(
    ["the fox's", "DON'T", "数据库", "，", "。", "😀", "e\u0301", " ", "\n\n", "\u3000", "42", "x=1;", "_", "「"]
)


def naming(tokenizer: Tokenizer) -> str:
    return tokenizer.name


def user(text: str) -> list[Message]:
    return [Message("user", text)]


@pytest.mark.parametrize(
    ("model", "text", "tokens"),
    [
        ("gpt-4", "hello", 1),
        ("gpt-4", "tiktoken is great!", 6),
        ("gpt-4o", "tiktoken is great!", 6),
        ("gpt-4", "お誕生日おめでとう", 9),  # OpenAI's cookbook
        ("gpt-4o", "お誕生日おめでとう", 8),
        ("gpt-4o", "", 0),
        ("gpt-4o", "<|endoftext|>", 7),  # special tokens are ordinary text
    ],
)
def test_texts_of_known_length(model, text, tokens):
    assert tokenizer_for(model, False).count(text) == tokens


def test_a_request_adds_the_chat_format():
    assert tokenizer_for("gpt-4", False).count_request(user("hello")) == 8


def test_reasoning_models_add_one_token_less():
    plain, reasoning = tokenizer_for("gpt-4o", False), tokenizer_for("openai/gpt-5", False)
    assert reasoning.count_request(user(CHINESE)) == plain.count_request(user(CHINESE)) - 1


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4", "cl100k_base"),
        ("openai/gpt-4-turbo", "cl100k_base"),
        ("gpt-4o-mini", "o200k_base"),
        ("ft:gpt-4o-mini-2024-07-18:acme::x", "o200k_base"),
        ("gpt-oss-120b", "o200k_base"),
        ("davinci", "o200k_base"),  # its vocabulary is not carried
        ("some/unheard-of 模型", "o200k_base"),
    ],
)
def test_each_model_has_its_vocabulary_and_the_unknown_a_good_guess(model, vocabulary):
    assert tokenizer_for(model, False).name == vocabulary


def test_only_the_built_in_model_itself_counts_as_smollm2():
    assert tokenizer_for(BUILT_IN_MODEL, True).name == "smollm2"
    assert tokenizer_for("another-gguf", True).name == "o200k_base"


# Counted by llama.cpp (xllamacpp 2026.10.11549) at /tokenize.
@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The quick brown fox doesn't jump over 12345 lazy dogs.", 17),
        ('def f(x: int) -> str:\n\n    return f"{x:>8}"\n', 20),
        (CHINESE, 30),
        ("😀👨\u200d👩\u200d👧\u200d👦🏳️\u200d🌈", 30),
        ("e\u0301 ½ \u00a0\u3000 x", 10),
        ("a\x04b\x1dc", 3),  # two bytes that its vocabulary lacks
    ],
)
def test_the_built_in_model_counts_as_llama_cpp_does(text, tokens):
    assert tokenizer_for(BUILT_IN_MODEL, True).count(text) == tokens


@pytest.mark.skipif(INSTALLED.availability() is not None, reason=str(INSTALLED.availability()))
def test_requests_to_the_built_in_model_count_as_its_server_counts_them():
    system, reply = Message("system", "你是助手"), Message("assistant", "b\n\n")
    requests = [
        user("hello"),
        [system, *user(CHINESE)],
        [*user("a"), reply, *user("\n\n  c  ")],
        user(PROSE),
        user("😀"),
    ]
    try:
        connection = INSTALLED.start()
        for messages in requests:
            body = {"messages": [{"role": m.role, "content": m.content} for m in messages]}
            headers = {"Authorization": f"Bearer {connection.api_key}", "Content-Type": "application/json"}
            address = f"{connection.base_url}/chat/completions/input_tokens"
            ask = urllib.request.Request(address, json.dumps(body).encode(), headers)
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask) as answer:
                counted = json.load(answer)["input_tokens"]
            assert tokenizer_for(BUILT_IN_MODEL, True).count_request(messages) == counted
    finally:
        INSTALLED.close()


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=naming)
@given(text=any_text)
@example(text="\ud800 lone, \udfff 中文 \x00")
def test_any_text_can_be_counted(tokenizer, text):
    assert 0 <= tokenizer.count(text) <= 4 * len(text)  # never more than bytes
    assert len(tokenizer.tokens(text)) == tokenizer.count(text)


def test_the_same_words_are_the_same_tokens():
    tokens = tokenizer_for("gpt-4o", False).tokens("好 好 好 好")
    assert len(set(tokens)) < len(tokens) == tokenizer_for("gpt-4o", False).count("好 好 好 好")


def test_a_lone_surrogate_counts_as_the_replacement_character():
    tokenizer = tokenizer_for("gpt-4o", False)
    assert tokenizer.count("天\ud800气") == tokenizer.count("天\ufffd气")


@pytest.mark.parametrize("text", [" " * 3_000_000 + "x", "a" * 1_000_000, "中" * 300_000], ids=["spaces", "a", "中"])
def test_a_huge_run_of_one_character_is_counted_in_pieces(text):
    tokenizer = tokenizer_for("gpt-4o", False)
    piece = tokenizer.count(text[:65_536])
    assert tokenizer.count(text) == pytest.approx(piece * len(text) / 65_536, rel=0.01)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=naming)
def test_pieces_of_ordinary_text_add_up_exactly(tokenizer):
    text = (PROSE + CHINESE) * 60
    assert len(text) > 3 * 65_536
    assert tokenizer.count(text) == encoder(tokenizer.name).count(text)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=naming)
@settings(max_examples=60, deadline=None)
@given(parts=st.lists(words, max_size=1200), size=st.integers(1, 40))
def test_a_growing_text_with_boundaries_ends_at_its_full_count(tokenizer, parts, size):
    text = "，".join(parts)
    running = RunningCount(tokenizer)
    for start in range(0, len(text), size):
        running.add(text[start : start + size])
    assert running.tokens == encoder(tokenizer.name).count(text)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=naming)
@settings(max_examples=60, deadline=None)
@given(
    alphabet=st.sampled_from(
        ["我们今天去公园玩吧", "สวัสดีครับผม", "0123456789abcdef", "天地人abcXYZ019", "こんにちは世界"]
    ),
    seed=st.integers(),
)
def test_a_growing_text_without_boundaries_is_off_by_half_a_percent_at_most(tokenizer, alphabet, seed):
    text = "".join(random.Random(seed).choices(alphabet, k=4000))
    running = RunningCount(tokenizer)
    for start in range(0, len(text), 7):
        running.add(text[start : start + 7])
    full = encoder(tokenizer.name).count(text)
    assert abs(running.tokens - full) <= 0.005 * full


@given(text=any_text)
def test_a_growing_text_is_right_from_the_first_piece_on(text):
    running = RunningCount(TOKENIZERS[0])
    for piece in text:
        running.add(piece)
    assert running.tokens == TOKENIZERS[0].count(text)


def test_the_cost_of_growing_does_not_depend_on_what_came_before():
    tokenizer = CountingTokenizer("o200k_base")
    running = RunningCount(tokenizer)
    for _ in range(5_000):
        running.add("天气很好, ")
        assert running.tokens > 0
    assert tokenizer.most_at_once < 1_100


class CountingTokenizer(Tokenizer):
    """Notes the longest text that it had to count at once."""

    most_at_once = 0

    def count_afresh(self, text: str) -> int:
        self.most_at_once = max(self.most_at_once, len(text))
        return super().count_afresh(text)


def test_threads_that_count_at_once_agree():
    together = threading.Barrier(8)

    def count(number: int) -> int:
        together.wait()
        return tokenizer_for("gpt-4o", False).count(CHINESE * (number % 2 + 1))

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(count, range(8)))
    assert counts == [counts[0], counts[1]] * 4


def test_nothing_is_ever_downloaded(tmp_path):
    nowhere = {"https_proxy": "http://127.0.0.1:9", "TIKTOKEN_CACHE_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    models = ["gpt-4", "gpt-4o", "通义千问"]
    counts = f"*[tokenizer_for(m, False).count({CHINESE!r}) for m in {models}]"
    count = f"from llm.models.tokens import tokenizer_for; print({counts})"
    child = [sys.executable, "-X", "utf8", "-c", count]
    counts = subprocess.run(child, env=nowhere, cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    assert [int(n) for n in counts.split()] == [tokenizer_for(model, False).count(CHINESE) for model in models]
    assert not list(tmp_path.iterdir())


def test_a_vocabulary_that_is_not_the_pinned_one_is_refused():
    forged = Vocabulary("cl100k_base", r"\w+|\W+", "0" * 64)
    with pytest.raises(ValueError, match="cl100k_base is not the one that was pinned"):
        vocabularies.Encoder(forged)
