"""What models accept: names on the wire, refusals with their reasons, ranges, and which models to list."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.models.capabilities import (
    BUILT_IN_CONTEXT,
    BUILT_IN_MAX_OUTPUT,
    BUILT_IN_MODEL,
    Capabilities,
    capabilities,
    effective,
    is_chat_model,
    preferred_model,
    problems,
    refusals,
)
from llm.types import Parameters

OPENAI, ANTHROPIC, LOOPBACK = "https://api.openai.com/v1", "https://api.anthropic.com/v1", "http://127.0.0.1:8080/v1"
SAMPLING = {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]


def able(model: str, base_url: str = OPENAI) -> Capabilities:
    return capabilities(model, base_url, built_in=False)


@pytest.mark.parametrize(
    ("model", "base_url", "name"),
    [
        ("gpt-4o", OPENAI, "max_completion_tokens"),
        ("gpt-4o", "https://eu.api.openai.com/v1", "max_completion_tokens"),
        ("my-deployment", "https://acme.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("gpt-4o", LOOPBACK, "max_tokens"),
        ("gpt-4o", "https://api.openai.com.example.org/v1", "max_tokens"),
        ("openai/o4-mini", LOOPBACK, "max_completion_tokens"),
        ("gpt-5.4-mini", "https://openrouter.ai/api/v1", "max_completion_tokens"),
        ("gpt-oss-120b", LOOPBACK, "max_tokens"),
        ("gpt-35-turbo", LOOPBACK, "max_tokens"),
        ("通义千问", LOOPBACK, "max_tokens"),
    ],
)
def test_the_name_of_max_tokens_on_the_wire(model, base_url, name):
    assert able(model, base_url).max_tokens_name == name


@pytest.mark.parametrize(
    ("model", "window", "output", "efforts"),
    [
        ("gpt-4", 8_192, 4_096, ()),
        ("gpt-4o-mini-2024-07-18", 128_000, 16_384, ()),
        ("gpt-5-2025-08-07", 272_000, 128_000, ("minimal", "low", "medium", "high")),
        ("o3", 200_000, 100_000, ("low", "medium", "high")),
        ("gpt-5.4", 1_050_000, 128_000, ("none", "low", "medium", "high", "xhigh")),
        ("anthropic/claude-sonnet-4.5", 200_000, 64_000, ("low", "medium", "high")),
        ("ft:gpt-4o-2024-08-06:acme::x", 128_000, 16_384, ()),
    ],
)
def test_models_of_which_much_is_known(model, window, output, efforts):
    found = able(model)
    assert found.known
    assert (found.context_window, found.max_output_tokens, found.reasoning_efforts) == (window, output, efforts)
    assert found.reasoning == bool(efforts)


def test_of_an_unknown_model_nothing_is_refused_and_all_that_was_set_is_sent():
    found = able("通义千问-max", LOOPBACK)
    chosen = Parameters(1.9, 0.5, 10**9, ("停",), 2, -2, 7, "high", "json_object", "简短回答")
    assert not found.known
    assert found.context_window is None
    assert found.reasoning_efforts == ("minimal", "low", "medium", "high")
    assert refusals(chosen, found) == {}
    assert effective(chosen, found) == (chosen, {})


def test_the_length_of_an_open_model_s_replies_is_its_server_s_affair():
    assert effective(Parameters(max_tokens=50_000), able("llama3", LOOPBACK)) == (Parameters(max_tokens=50_000), {})


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5-mini", "o3", "o4-mini", "gpt-5.5", "gpt-6-sol", "gpt-6-astra"])
def test_models_that_reason_by_default_refuse_sampling_parameters(model):
    closed = refusals(Parameters(), able(model))
    assert set(closed) >= SAMPLING
    assert closed["temperature"] == f"{model} does not accept temperature while it reasons."


@pytest.mark.parametrize("model", ["gpt-5.1", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini"])
def test_models_that_reason_only_when_asked_accept_them_until_then(model):
    chosen = Parameters(temperature=0.3, top_p=0.9, stop_sequences=("。",))
    assert effective(chosen, able(model)) == (chosen, {})
    sent, reasons = effective(replace(chosen, reasoning_effort="low"), able(model))
    assert sent == Parameters(reasoning_effort="low")
    assert set(reasons) == {"temperature", "top_p", "stop_sequences"}


@pytest.mark.parametrize("model", ["gpt-5.5", "gpt-5.6", "gpt-6-sol", "gpt-6-luna", "gpt-6.1-terra"])
def test_the_effort_none_opens_the_sampling_parameters(model):
    chosen = Parameters(temperature=0.3, reasoning_effort="none")
    assert effective(chosen, able(model)) == (chosen, {})
    assert not SAMPLING & set(refusals(chosen, able(model)))


def test_an_effort_that_a_model_lacks_becomes_the_nearest_and_still_closes_the_rest():
    sent, reasons = effective(Parameters(temperature=0.3, reasoning_effort="none"), able("gpt-5"))
    assert sent == Parameters(reasoning_effort="minimal")
    assert reasons["reasoning_effort"] == "gpt-5 does not know the effort none, the nearest is minimal."
    assert set(reasons) == {"temperature", "reasoning_effort"}
    assert effective(Parameters(reasoning_effort="minimal"), able("gpt-5.4"))[0].reasoning_effort == "low"


def test_a_model_that_does_not_reason_refuses_an_effort():
    sent, reasons = effective(Parameters(temperature=1, reasoning_effort="low"), able("gpt-4o"))
    assert sent == Parameters(temperature=1)
    assert reasons == {"reasoning_effort": "gpt-4o does not reason."}


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        ("o3", {"stop_sequences"} | SAMPLING),
        ("o3-mini", SAMPLING),
        ("gpt-5-chat-latest", {"reasoning_effort"}),
        ("gpt-5.1-chat-latest", SAMPLING),
        ("gpt-4o-search-preview", {"seed", "stop_sequences", "reasoning_effort"} | SAMPLING),
        ("gpt-4", {"response_format", "reasoning_effort"}),
        ("claude-opus-5", {"temperature", "top_p"}),
        ("grok-4.5", {"frequency_penalty", "presence_penalty", "stop_sequences"}),
        ("gpt-oss-120b", set()),
    ],
)
def test_what_else_models_refuse(model, refused):
    assert set(refusals(Parameters(), able(model))) == refused


def test_claude_takes_a_temperature_of_at_most_1():
    sent, reasons = effective(Parameters(temperature=1.7), able("claude-haiku-4-5", ANTHROPIC))
    assert sent.temperature == 1.0
    assert reasons == {"temperature": "claude-haiku-4-5 accepts a temperature of at most 1."}


def test_newer_claude_models_take_temperature_or_top_p():
    claude = able("claude-sonnet-4-5", ANTHROPIC)
    sent, reasons = effective(Parameters(temperature=0.5, top_p=0.9), claude)
    assert sent == Parameters(temperature=0.5)
    assert reasons == {"top_p": "claude-sonnet-4-5 accepts temperature or top_p, not both."}
    assert effective(Parameters(top_p=0.9), claude) == (Parameters(top_p=0.9), {})
    assert "temperature" in refusals(Parameters(top_p=0.9), claude)
    assert not {"temperature", "top_p"} & set(refusals(Parameters(), claude))


def test_what_anthropic_s_server_ignores_is_not_offered():
    assert set(refusals(Parameters(), able("claude-sonnet-4-5", ANTHROPIC))) == {
        "seed",
        "frequency_penalty",
        "presence_penalty",
    }
    assert "seed" not in refusals(Parameters(), able("claude-sonnet-4-5", LOOPBACK))


def test_a_longer_reply_than_the_model_can_write_is_shortened():
    sent, reasons = effective(Parameters(max_tokens=5_000), able("gpt-4"))
    assert sent.max_tokens == 4_096
    assert reasons == {"max_tokens": "gpt-4 writes at most 4,096 tokens."}


def test_the_built_in_model():
    found = capabilities(BUILT_IN_MODEL, "", built_in=True)
    assert (found.context_window, found.max_output_tokens) == (BUILT_IN_CONTEXT, BUILT_IN_MAX_OUTPUT) == (4096, 1024)
    assert found.max_tokens_name == "max_tokens"
    assert refusals(Parameters(), found) == {"reasoning_effort": "This model does not reason."}
    assert effective(Parameters(max_tokens=9_000), found)[0].max_tokens == 1024


def test_another_gguf_in_its_place_may_reason():
    found = capabilities("qwen3-0.6b", "", built_in=True)
    assert refusals(Parameters(), found) == {}
    assert found.context_window == BUILT_IN_CONTEXT


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o",
        "gpt-5.4-mini",
        "o3",
        "claude-opus-5",
        "gemini-3.8-flash",
        "llama3:8b",
        "mistral",
        "qwen2.5-coder:7b",
        "通义千问",
        "openai/gpt-5-pro",
        "deepseek-chat",
        "gpt-4o-search-preview",
        "gpt-oss-safeguard-20b",
        "mistralai/Mistral-7B-Instruct-v0.3",
        "my-own-model",
    ],
)
def test_models_that_are_listed(model):
    assert is_chat_model(model)


@pytest.mark.parametrize(
    "model",
    [
        "text-embedding-3-small",
        "nomic-embed-text:latest",
        "BAAI/bge-m3",
        "voyage-3",
        "whisper-1",
        "gpt-4o-transcribe",
        "tts-1-hd",
        "gpt-4o-mini-tts",
        "gpt-realtime",
        "gpt-4o-audio-preview-2024-12-17",
        "dall-e-3",
        "gpt-image-1",
        "imagen-4.0-ultra-generate-001",
        "omni-moderation-latest",
        "sora-2",
        "veo-3.0-generate-001",
        "rerank-v3.5",
        "davinci-002",
        "babbage-002",
        "gpt-3.5-turbo-instruct",
        "gpt-5-pro",
        "o1-pro",
    ],
)
def test_models_that_are_hidden(model):
    assert not is_chat_model(model)


@pytest.mark.parametrize(
    ("listed", "preferred"),
    [
        (
            ["gpt-4", "gpt-4o-mini", "gpt-4.1-mini", "gpt-5-mini", "gpt-5.4-mini", "gpt-5.4-mini-2026-03-17"],
            "gpt-5.4-mini",
        ),
        (["gpt-4", "gpt-4o-mini"], "gpt-4o-mini"),
        (["openai/gpt-5-mini", "openai/gpt-6-luna", "anthropic/claude-haiku-4.5"], "openai/gpt-6-luna"),
        (["claude-opus-5", "claude-haiku-4-5", "claude-haiku-5-5"], "claude-haiku-5-5"),
        (["gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-3.8-flash"], "gemini-3.8-flash"),
        (["llama3", "通义千问"], None),
        ([], None),
    ],
)
def test_the_model_to_start_with(listed, preferred):
    assert preferred_model(listed) == preferred
    assert preferred_model(listed[::-1]) == preferred


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *[("temperature", value) for value in (-0.1, 2.1, math.nan, math.inf, "1", True)],
        *[("top_p", value) for value in (-0.1, 1.1, math.nan)],
        *[("frequency_penalty", value) for value in (-2.1, 2.1, -math.inf)],
        *[("presence_penalty", value) for value in (-2.1, 2.1, math.nan)],
        *[("max_tokens", value) for value in (0, -5, 10.5, True, "9")],
        *[("seed", value) for value in (2**63, -(2**63) - 1, 1.0, True)],
        *[("stop_sequences", value) for value in (("",), ("停",) * 5, ["停"], "停", (1,))],
        *[("response_format", value) for value in ("json", "", 1)],
        *[("reasoning_effort", value) for value in ("很高", "", 3)],
        ("system_prompt", 7),
    ],
)
def test_a_value_that_no_server_could_take_is_a_problem(name, bad):
    found = problems(Parameters(**{name: bad}))
    assert list(found) == [name]
    assert found[name].endswith(".")


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        Parameters(0, 0, 1, ("停",) * 4, -2, -2, -(2**63), "none", "text", "你好"),
        Parameters(2, 1, 10**9, (" ",), 2.0, 2.0, 2**63 - 1, "max", "json_object", ""),
    ],
)
def test_the_ends_of_each_range_are_no_problem(parameters):
    assert problems(parameters) == {}


anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.tuples(st.text(max_size=2))
)
good = st.builds(
    Parameters,
    st.none() | st.floats(0, 2),
    st.none() | st.floats(0, 1),
    st.none() | st.integers(1, 10**7),
    st.lists(st.text(min_size=1, max_size=5), max_size=4).map(tuple),
    st.none() | st.floats(-2, 2),
    st.none() | st.floats(-2, 2),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.sampled_from(EFFORTS),
    st.none() | st.sampled_from(["text", "json_object"]),
    st.none() | st.text(max_size=20),
)
models = st.sampled_from(
    [
        "gpt-4",
        "gpt-4o",
        "gpt-5",
        "gpt-5.1",
        "gpt-5.4",
        "gpt-5.5",
        "gpt-6-astra",
        "o1",
        "o3",
        "o4-mini",
        "claude-opus-5",
        "claude-sonnet-4-5",
        "grok-4.5",
        "gemini-3.8-flash",
        "mistral-medium-latest",
        "llama3",
        "gpt-oss-120b",
        "gpt-5.1-chat-latest",
        "通义千问",
    ]
)
addresses = st.sampled_from([OPENAI, ANTHROPIC, LOOPBACK])


@given(st.builds(Parameters, *[anything] * len(fields(Parameters))))
def test_problems_names_what_is_wrong_and_never_raises(parameters):
    assert set(problems(parameters)) <= set(parameters.chosen())


@given(good, models, addresses)
def test_whatever_is_changed_has_a_reason_and_nothing_else_is_touched(parameters, model, base_url):
    sent, reasons = effective(parameters, able(model, base_url))
    before, after = parameters.chosen(), sent.chosen()
    assert problems(parameters) == problems(sent) == {}
    assert {name for name in before if before[name] != after.get(name)} == set(reasons)
    assert after.keys() <= before.keys()
    assert all(reason.endswith(".") for reason in reasons.values())


@given(good, models, addresses)
def test_what_is_sent_is_accepted_as_it_stands(parameters, model, base_url):
    found = able(model, base_url)
    sent, _ = effective(parameters, found)
    assert not refusals(sent, found).keys() & sent.chosen().keys()
    assert effective(sent, found) == (sent, {})
