"""What is drawn of a long conversation."""

from components.chat.window import GROWING, MOST, NEWEST, Window


def newest(messages: int) -> list[int]:
    """The ids of the newest of so many messages, as many as a page reads."""
    return list(range(messages))[-NEWEST - GROWING :]


def drawn(window: Window, messages: int) -> list[int]:
    return newest(messages)[window.place_of_first(newest(messages)) :]


def test_of_a_long_conversation_the_newest_messages_are_drawn():
    assert drawn(Window(), 1_000) == list(range(960, 1_000))


def test_the_first_message_stays_while_the_conversation_grows():
    window = Window()
    assert {drawn(window, said)[0] for said in range(1_000, 1_000 + GROWING + 1)} == {960}


def test_however_much_is_said_what_is_drawn_is_bounded():
    window = Window()
    assert max(len(drawn(window, said)) for said in range(0, 2_000, 2)) == NEWEST + GROWING
    assert min(len(drawn(window, said)) for said in range(NEWEST, 2_000, 2)) >= NEWEST


def test_nothing_is_drawn_of_nothing():
    assert drawn(Window(), 0) == []


def test_on_a_shorter_branch_as_many_are_drawn_as_ever():
    window = Window()
    drawn(window, 1_000)
    assert drawn(window, 970) == list(range(930, 970))


def test_about_a_message_that_is_asked_for_as_many_are_drawn_before_as_after():
    window = Window()
    window.show(range(501, 1_000))
    assert window.end == 521
    assert drawn(window, window.end + 1)[0] == 482


def test_a_message_near_the_end_is_drawn_with_all_that_comes_after_it():
    window = Window()
    window.show(range(970, 1_000))
    assert window.end is None
    shown = drawn(window, 1_000)
    assert shown[-1] == 999
    assert 955 in shown


def test_one_reads_on_from_there_until_the_end_is_reached():
    window, said = Window(), 1_000
    window.show(range(501, said))
    steps = 0
    while window.end is not None:
        window.show_later(range(window.end + 1, said))
        steps += 1
    assert steps == 12
    assert drawn(window, said)[-1] == said - 1
    assert window.drawn <= MOST


def test_who_has_left_the_end_can_come_back_to_it():
    window = Window()
    window.show(range(501, 1_000))
    window.show_end()
    assert drawn(window, 1_000) == list(range(960, 1_000))
