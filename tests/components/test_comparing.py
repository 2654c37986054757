"""What stands above and in the columns of a comparison."""

from components.comparing.cell import ColumnName, column_head


def test_a_hidden_column_has_only_its_letter():
    hidden = ColumnName(1, letter="B", hidden=True)
    assert (hidden.lines, hidden.short) == (["B"], "B")
    assert ColumnName(1, ["Temperature 1"], "B").short == "B: Temperature 1"


def test_a_name_is_text_whatever_stands_in_it():
    head = column_head(ColumnName(0, ["<img src=x onerror=alert(1)>"]))
    assert "<img" not in head
    assert "&lt;img" in head
