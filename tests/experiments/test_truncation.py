"""What a smaller max_tokens would have cut."""

import pytest

from experiments.reading.statistics.intervals import wilson
from experiments.reading.truncation import Length, cut_shares
from llm.types import Usage


def lengths(*tokens, reasoning=0, truncated=False):
    return [Length(Usage(5, count, 0, reasoning), truncated) for count in tokens]


def test_a_limit_cuts_what_is_longer():
    [small, exact, large] = cut_shares(lengths(50, 100, 150, 200), [99, 100, 500])
    assert (small.cut, small.n, small.share, small.interval) == (3, 4, 0.75, wilson(3, 4))
    assert exact.share == 0.5
    assert (large.share, large.interval.low) == (0, 0)


def test_reasoning_counts_where_the_limit_counts_it():
    replies = lengths(120, reasoning=100)
    assert [cut_shares(replies, [50], counts)[0].cut for counts in (True, False)] == [1, 0]


def test_of_a_reply_that_was_cut_nobody_knows_what_a_larger_limit_would_have_done():
    replies = lengths(100, truncated=True) + lengths(50)
    shares = cut_shares(replies, [80, 100, 101])
    assert [(share.cut, share.n, share.unknown) for share in shares] == [(1, 2, 0), (1, 2, 0), (0, 1, 1)]


def test_without_replies_no_share_is_known():
    [share] = cut_shares([], [10])
    assert (share.share, share.interval) == (None, None)


def test_a_smaller_limit_never_cuts_fewer():
    shares = [share.share for share in cut_shares(lengths(*range(1, 60, 7)), range(1, 70))]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0)
