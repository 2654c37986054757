"""Prompts with variables, and the tables that fill them."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.field_problem import FieldProblem
from experiments.templates import fill, read_table, variables

CHINESE = "问题,答案\n法国的首都？,巴黎\n“你好”怎么说？,hello\n"


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("What is {{topic}}? {{ topic }} in {{n}} words", ("topic", "n")),
        ("把{{句子}}翻译成{{目标语言}}。", ("句子", "目标语言")),
        ("{{first name}} {{e-mail}} {{v1.2}}", ("first name", "e-mail", "v1.2")),
        ('{"a": {"b": {}}} {x} {{}} {{ }} {{"k": 1}} {{1}} {{a b', ()),
        ("{{{x}}}", ("x",)),
    ],
)
def test_variables_are_names_in_double_braces(template, names):
    assert variables(template) == names


def test_a_row_fills_the_variables_and_nothing_else():
    row = {"词": "火{{n}}", "n": "3"}
    assert fill("{{词}} {{ n }} {{other}} {n} {{}}", row) == "火{{n}} 3 {{other}} {n} {{}}"


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_text_without_variables_stays_as_it_is(text, row):
    assert variables(text) or fill(text, row) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("source", [str, str.encode, lambda text: text.encode("utf-8-sig")])
def test_a_table_is_read_whatever_parts_its_columns(delimiter, source):
    rows = read_table(source(CHINESE.replace(",", delimiter)))
    assert rows == ({"问题": "法国的首都？", "答案": "巴黎"}, {"问题": "“你好”怎么说？", "答案": "hello"})


def test_quoted_values_may_have_line_breaks_quotes_and_commas():
    rows = read_table('\ufeffq,a\r\n"第一行\n第二行, ""引用""",1\r\n\r\n  5 " disk ,2\r\n')
    assert rows == ({"q": '第一行\n第二行, "引用"', "a": "1"}, {"q": '  5 " disk ', "a": "2"})


def test_a_table_of_one_column_is_a_list_whose_lines_may_have_commas():
    assert read_table("question\nHello, world; 你好\nWhy?\n") == (
        {"question": "Hello, world; 你好"},
        {"question": "Why?"},
    )


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "The table is empty. The first line names the columns, each line below it is a row."),
        ("\ufeff \n", "The table is empty."),
        ("问题,答案\n\n,\n", "The table has column names but no rows."),
        ("a,b,a\n1,2,3\n", "The table has two columns named “a”: rename one of them."),
        ("a,,b\n1,2,3\n", "Column 2 of the table has no name."),
        ("a,b\n1,2\n1,2,3\n", "Row 2 of the table has 3 values for 2 columns: put quotation marks around"),
        ("a,b\n1\n", "Row 1 of the table has 1 value for 2 columns"),
        ('a,b\n1,2\n"3,4\n', "The table cannot be read at line 3: a quotation mark is not closed"),
        (f"a,b\n{'x' * 200_000},2\n", "or a value has more than 131,072 characters."),
        (f"{'x' * 200_000},b\n1,2\n", "The table cannot be read at line"),
        (CHINESE.encode("gbk"), "The table is not UTF-8 text: save it as such (in Excel as “CSV UTF-8”)."),
    ],
)
def test_a_table_that_cannot_be_used_is_one_sentence(source, sentence):
    with pytest.raises(FieldProblem) as problem:
        read_table(source)
    assert problem.value.field == "table"
    assert str(problem.value).startswith(sentence) or sentence in str(problem.value)


values = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1).filter(str.strip)
names = st.lists(st.sampled_from(["q", "答案", "first name", "größe", "n_1"]), min_size=1, unique=True)


@given(data=st.data(), columns=names, delimiter=st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_back(data, columns, delimiter):
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, values)), min_size=1))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    assert read_table(file.getvalue().encode()) == tuple(rows)


@given(st.text() | st.binary())
def test_whatever_is_pasted_is_a_table_or_a_sentence(source):
    with suppress(FieldProblem):
        rows = read_table(source)
        assert rows
        assert all(row.keys() == rows[0].keys() for row in rows)
