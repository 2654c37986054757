"""How fast requests may leave: by the plan at most, by the server's refusals less, and back again step by step."""

from experiments.running.throttle import LONGEST_PAUSE, Throttle


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def throttle(most=8, per_minute=None):
    clock = Clock()
    return Throttle(most, per_minute, clock), clock


def test_as_many_leave_at_once_as_the_plan_allows():
    speed, _ = throttle(2)
    assert [speed.wait(under_way) for under_way in range(3)] == [0, 0, None]


def test_requests_per_minute_are_spread_evenly():
    speed, clock = throttle(per_minute=30)
    speed.depart()
    assert speed.wait(1) == 2
    clock.now += 2
    assert speed.wait(1) == 0


def test_a_refusal_halves_the_concurrency_and_is_waited_out():
    speed, clock = throttle(8)
    speed.refused(speed.depart(), 7.0)
    assert (speed.limit, speed.wait(0)) == (4, 7)
    clock.now += 7
    assert (speed.wait(0), speed.wait(4)) == (0, None)


def test_requests_that_left_together_are_refused_once():
    speed, clock = throttle(8)
    departed = [speed.depart() for _ in range(8)]
    clock.now += 1
    for moment in departed:
        speed.refused(moment, 3.0)
    assert (speed.limit, speed.refusals, speed.wait(0)) == (4, 1, 3)


def test_it_never_stands_still_for_good():
    speed, clock = throttle(8)
    for _ in range(20):
        clock.now += 1
        speed.refused(speed.depart(), 0.0)
    assert speed.limit == 1


def test_the_concurrency_comes_back_step_by_step_and_no_further_than_the_plan():
    speed, _ = throttle(4)
    speed.refused(speed.depart(), 0.0)
    limits = []
    for _ in range(12):
        speed.answered()
        limits.append(speed.limit)
    assert limits[0] == 2
    assert limits == sorted(limits)
    assert limits[-1] == 4


def test_each_time_in_a_row_that_a_server_refuses_to_the_end_the_pause_is_longer():
    speed, clock = throttle(8)
    pauses = []
    for _ in range(9):
        clock.now += 100
        speed.given_up(speed.depart())
        pauses.append(speed.wait(0))
    assert pauses[:3] == [1, 2, 4]
    assert pauses[-1] == LONGEST_PAUSE
    speed.answered()
    assert speed.refusals == 0
