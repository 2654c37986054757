"""What a tab draws of a long conversation."""

from components.session import GROWING, NEWEST, Session


def newest(messages: int) -> list[int]:
    """The ids of the newest of so many messages, as many as a page reads."""
    return list(range(messages))[-NEWEST - GROWING :]


def drawn(tab: Session, messages: int) -> list[int]:
    return newest(messages)[tab.place_of_first(newest(messages)) :]


def test_of_a_long_conversation_the_newest_messages_are_drawn():
    assert drawn(Session(), 1_000) == list(range(960, 1_000))


def test_the_first_message_stays_while_the_conversation_grows():
    tab = Session()
    assert {drawn(tab, said)[0] for said in range(1_000, 1_000 + GROWING + 1)} == {960}


def test_however_much_is_said_what_is_drawn_is_bounded():
    tab = Session()
    assert max(len(drawn(tab, said)) for said in range(0, 2_000, 2)) == NEWEST + GROWING
    assert min(len(drawn(tab, said)) for said in range(NEWEST, 2_000, 2)) >= NEWEST


def test_nothing_is_drawn_of_nothing():
    assert drawn(Session(), 0) == []


def test_on_a_shorter_branch_as_many_are_drawn_as_ever():
    tab = Session()
    drawn(tab, 1_000)
    assert drawn(tab, 970) == list(range(930, 970))
