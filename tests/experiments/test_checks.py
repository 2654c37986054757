"""Checks: what passes, how nearly, and why; whatever a model writes, a check ends soon."""

import json
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.checks.json_checks import FitsSchema, ValidJson
from experiments.checks.length import Length
from experiments.checks.patterns import MOST_SECONDS
from experiments.checks.text_checks import Contains, Equals, Matches, NotContains, Similar
from experiments.field_problem import FieldProblem
from experiments.plan_json import CHECKS
from llm.models.capabilities import BUILT_IN_MODEL
from llm.models.tokens import tokenizer_for

TOKENIZER = tokenizer_for("gpt-4o", False)
ROW = {"答案": "巴黎", "code": "a.c", "none": ""}


def result(check, text, row=ROW, tokenizer=TOKENIZER):
    check.refuse_faulty()
    return check.passes(text, row, tokenizer)


@pytest.mark.parametrize(
    ("check", "passing", "failing"),
    [
        (Contains("Paris"), "It is Paris.", "It is paris."),
        (Contains("STRASSE", ignore_case=True), "Goethestraße 3", "Goetheplatz 3"),
        (Contains("{{答案}}"), "首都是巴黎。", "首都是里昂。"),
        (NotContains("as an AI"), "巴黎", "Well, as an AI model"),
        (NotContains("AS AN ai", ignore_case=True), "巴黎", "Well, as an AI model"),
        (Matches(r"^\p{Han}{2}。?$"), "巴黎。", "Paris"),
        (Matches(r"(?i)paris|{{答案}}"), "In PARIS", "里昂"),
        (Matches("^{{code}}$"), "a.c", "abc"),  # a value is no pattern
        (Equals("{{答案}} 是 首都"), "  巴黎\n是\t首都 ", "巴黎是首都"),
        (Equals("巴黎\n", any_space=False), "巴黎\n", "巴黎"),
        (Similar("The capital is {{答案}}", 0.9), "The capital is 巴黎.", "里昂"),
        (ValidJson(), ' {"a": [1, "二"]}\n', "```json\n{}\n```"),
        (ValidJson(), "null", "NaN"),
        (Length(at_most=2), "巴黎", "巴黎。"),
        (Length(at_least=1), "巴", ""),
        (Length(2, 3, "tokens"), "hello world", "hello there wide world"),
    ],
)
def test_a_check_lets_pass_what_it_should(check, passing, failing):
    assert result(check, passing).passed
    assert not result(check, failing).passed


@pytest.mark.parametrize(
    ("check", "text", "why"),
    [
        (Contains("{{答案}}"), "里昂", "Does not contain “巴黎”."),
        (NotContains("x" * 99), "里昂", f"Does not contain “{'x' * 59}…”."),
        (Matches(r"\d"), "3 次", r"Matches “\d”."),
        (Equals("巴黎"), "巴黎", "Equals “巴黎”."),
        (Length(1_000, unit="tokens"), "巴黎", "1 token, at least 1,000 wanted."),
        (Length(1, 2), "里昂？", "3 characters, at least 1 and at most 2 wanted."),
        (
            ValidJson(),
            "{'a': 1}",
            "Not JSON: something is wrong at line 1, character 2.",
        ),
        (Contains("{{none}}"), "巴黎", "This row has no text to compare with."),
        (Similar("{{none}}"), "", "This row has no text to compare with."),
    ],
)
def test_a_check_says_why(check, text, why):
    assert result(check, text).why == why


def test_similarity_is_measured():
    half = result(Similar("巴黎巴黎", 0.6), "巴黎")
    assert (half.passed, half.why) == (True, "0.67 like “巴黎巴黎”, 0.6 wanted.")
    assert half.score == pytest.approx(2 / 3)
    assert result(Similar("里昂"), "巴黎").score == 0


def test_tokens_are_counted_as_the_model_does_that_wrote_them():
    text = "巴黎是法国的首都，也是最大的城市。"
    counts = [tokenizer.count(text) for tokenizer in (TOKENIZER, tokenizer_for(BUILT_IN_MODEL, True))]
    assert counts[0] < counts[1]
    check = Length(at_most=counts[0], unit="tokens")
    assert [result(check, text, tokenizer=t).passed for t in (TOKENIZER, tokenizer_for(BUILT_IN_MODEL, True))] == [
        True,
        False,
    ]


def test_a_pattern_that_would_never_end_is_given_up():
    begun = time.monotonic()
    endless, text = "^(好|好好)+$", "好" * 99 + "。"
    for check in (Matches(endless), FitsSchema(f'{{"pattern": "{endless}"}}')):
        judged = result(check, f'"{text}"' if check.templates == () else text)
        assert not judged.passed
        assert "was not done in 1 s" in judged.why or "takes too long" in judged.why
    assert time.monotonic() - begun < 10 * MOST_SECONDS


SCHEMA = """{
    "type": "object", "required": ["城市", "人口"], "additionalProperties": false,
    "properties": {"城市": {"$ref": "#/$defs/名"}, "人口": {"type": "integer", "minimum": 0}},
    "$defs": {"名": {"type": "string", "pattern": "^[一-鿿]+$"}}
}"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"城市": "巴黎", "人口": 2102650}', "Fits the schema."),
        ('{"城市": "巴黎"}', "Does not fit the schema at $: “'人口' is a required property”."),
        (
            '{"城市": "Paris", "人口": 1}',
            "Does not fit the schema at $['城市']: “'Paris' does not match '^[一-鿿]+$'”.",
        ),
        ('{"城市": "巴黎", "人口": -1}', "Does not fit the schema at $['人口']: “-1 is less than the minimum of 0”."),
        ("[]", "Does not fit the schema at $: “[] is not of type 'object'”."),
        ("巴黎", "Not JSON: something is wrong at line 1, character 1."),
    ],
)
def test_a_schema_says_where_a_reply_does_not_fit(text, why):
    assert result(FitsSchema(SCHEMA), text).why == why


@pytest.mark.parametrize(
    ("check", "field", "sentence"),
    [
        (Contains(" "), "text", "Type the text that replies should contain."),
        (NotContains(""), "text", "Type the text that replies should not contain."),
        (Equals(""), "text", "Type the text that replies should equal."),
        (Similar(""), "reference", "Type the text that replies should be like."),
        (Similar("巴黎", 80), "at_least", "Choose a similarity above 0 and at most 1."),
        (Matches(""), "pattern", "Type the regular expression that replies should match."),
        (Matches("[巴"), "pattern", "This is no regular expression: unterminated character set at position 2."),
        (Length(), "at_most", "Choose how long replies should be at least, at most, or both."),
        (Length(5, 4), "at_most", "Choose a greatest length that is not below the least."),
        (Length(-1), "at_least", "Choose lengths of 0 or more."),
        (Length(1, unit="words"), "unit", "Choose characters or tokens."),
        (FitsSchema("{"), "schema", "The schema is not JSON: something is wrong at line 1, character 2."),
        (FitsSchema('"巴黎"'), "schema", "The schema is wrong at its beginning: “巴黎” cannot stand there."),
        (FitsSchema('{"type": "城市"}'), "schema", "The schema is wrong at type: “城市” cannot stand there."),
        (FitsSchema('{"pattern": "("}'), "schema", "The schema is wrong at pattern: “(” cannot stand there."),
        (FitsSchema('{"items": {"$ref": "#/$defs/x"}}'), "schema", "The schema refers to #/$defs/x, which is not in"),
        (FitsSchema('{"$ref": 7}'), "schema", "The schema is wrong at $ref: “7” cannot stand there."),
        (FitsSchema('{"not":' * 5_000 + "{}" + "}" * 5_000), "schema", "nested too deeply."),
    ],
)
def test_a_check_that_cannot_be_used_is_one_sentence_at_its_field(check, field, sentence):
    with pytest.raises(FieldProblem) as problem:
        check.refuse_faulty()
    assert problem.value.field == field
    assert sentence in str(problem.value)


def test_a_schema_never_fetches_what_it_refers_to():
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    address = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
    for schema in (f'{{"$ref": "{address}"}}', f'{{"$id": "{address}", "$ref": "other.json"}}'):
        with pytest.raises(FieldProblem, match=r"which is not in it: put that under \$defs"):
            FitsSchema(schema).refuse_faulty()
    with server, pytest.raises(BlockingIOError):
        server.accept()


def test_a_schema_may_refer_to_itself_and_to_the_schema_of_schemas():
    tree = FitsSchema('{"properties": {"子": {"type": "array", "items": {"$ref": "#"}}}}')
    assert result(tree, '{"子": [{"子": []}]}').passed
    assert not result(tree, '{"子": [{"子": 1}]}').passed
    assert result(FitsSchema('{"$ref": "https://json-schema.org/draft/2020-12/schema"}'), '{"type": "string"}').passed
    assert not result(FitsSchema('{"$ref": "#"}'), "1").passed  # it has no end


def test_an_older_draft_is_read_as_such():
    older = '{"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"const": "巴黎"}]}'
    assert result(FitsSchema(older), '["巴黎", 1]').passed
    assert not result(FitsSchema(older), '["里昂"]').passed


checks = st.sampled_from(
    [
        *(
            Contains("{{答案}}"),
            NotContains("a"),
            Matches("{{code}}|[0-9]+$"),
            Equals("{{none}}"),
            Similar("巴{{答案}}"),
        ),
        *(ValidJson(), FitsSchema(SCHEMA), FitsSchema('{"multipleOf": 0.1}')),
        *(Length(1, 9), Length(at_most=9, unit="tokens")),
    ]
)
json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).map(json.dumps)


@given(
    check=checks, text=st.text(st.characters()) | json_texts, row=st.fixed_dictionaries(dict.fromkeys(ROW, st.text()))
)
def test_any_reply_can_be_checked(check, text, row):
    judged = result(check, text, row)
    assert judged.score is None or 0 <= judged.score <= 1
    assert judged.why.endswith(".")


@pytest.mark.parametrize("text", ["[" * 100_000, "1e400", "9" * 10_000, '{"a":' * 100_000, "\ud800", '"' + "a" * 10**6])
@pytest.mark.parametrize("kind", ["valid json", "fits schema"])
def test_hostile_json_is_no_trouble(kind, text):
    check = CHECKS[kind](*(['{"multipleOf": 0.01, "uniqueItems": true}'] if kind == "fits schema" else []))
    assert result(check, text).why
