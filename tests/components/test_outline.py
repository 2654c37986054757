"""The tree of a conversation as lines."""

from components.outline.lines import KEPT, SHORT, Line, outline_lines, place_of
from storage.records import Place


def tree(*pairs: tuple[int, int | None]) -> list[Place]:
    return [Place(*pair) for pair in pairs]


def row(length: int, start: int = 1) -> list[Place]:
    return [Place(id_, id_ - 1 if id_ > 1 else None) for id_ in range(start, start + length)]


def test_a_conversation_without_branches_is_one_row():
    lines = outline_lines(row(SHORT), SHORT)
    assert [(line.message_id, line.depth, line.is_open) for line in lines] == [
        (id_, 0, True) for id_ in range(1, SHORT + 1)
    ]


def test_a_long_row_is_folded_to_its_ends_and_can_be_unfolded():
    lines = outline_lines(row(5_000), 5_000)
    assert [line.message_id for line in lines] == [1, 2, 3, 4, 4_998, 4_999, 5_000]
    assert lines[KEPT].folded == 5_000 - 2 * KEPT
    assert len(outline_lines(row(5_000), 5_000, {4})) == 5_000


def test_it_is_indented_only_where_it_branches_and_the_open_branch_goes_straight_on():
    places = tree((1, None), (2, 1), (3, 2), (4, 1), (5, 4), (6, 1))
    lines = outline_lines(places, 5)
    assert [(line.message_id, line.depth, line.is_open) for line in lines] == [
        (1, 0, True),
        (2, 1, False),
        (3, 1, False),
        (6, 1, False),
        (4, 0, True),
        (5, 0, True),
    ]
    assert [(line.sibling, line.siblings) for line in lines if line.message_id in (2, 4, 6)] == [(1, 3), (3, 3), (2, 3)]


def test_each_of_very_many_siblings_knows_its_place():
    many = 30_000
    lines = outline_lines(tree((1, None), *((id_, 1) for id_ in range(2, many + 2))), None)
    assert sorted(line.sibling for line in lines[1:]) == list(range(1, many + 1))
    assert {line.siblings for line in lines[1:]} == {many}


def test_beside_the_open_branch_the_newest_one_goes_straight_on():
    places = tree((1, None), (2, 1), (3, 1), (4, 3), (5, 3))
    assert [(line.message_id, line.depth) for line in outline_lines(places, 2)] == [
        (1, 0),
        (3, 1),
        (4, 2),
        (5, 1),
        (2, 0),
    ]


def test_several_beginnings_are_branches_too():
    lines = outline_lines(tree((1, None), (2, 1), (3, None), (4, 3)), 2)
    assert [(line.message_id, line.depth, line.siblings) for line in lines] == [
        (3, 1, 2),
        (4, 1, 1),
        (1, 0, 2),
        (2, 0, 1),
    ]


def test_a_tree_of_a_thousand_nested_branches_is_no_deep_recursion():
    places = [Place(1, None)]
    for id_ in range(2, 3_000, 2):
        places += [Place(id_, id_ - 1 if id_ == 2 else id_ - 2), Place(id_ + 1, id_ - 1 if id_ == 2 else id_ - 2)]
    lines = outline_lines(places, None)
    assert len(lines) == len(places)
    assert lines[0] == Line(1, 0, False)


def test_the_line_of_a_message_is_found():
    lines = outline_lines(row(5), 5)
    assert [place_of(lines, message_id) for message_id in (3, 99, None)] == [2, 0, 0]
