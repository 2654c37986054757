"""The tree of a conversation as lines: one a message, indented only where it branches."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from storage.records import Place

SHORT = 12  # lines of a straight run that are all shown; of a longer one the first and the last are
KEPT = 3  # of each


@dataclass(frozen=True, slots=True)
class Line:
    """One message, or, `folded`, so many in a straight run from this one on."""

    message_id: int
    depth: int
    is_open: bool  # in the branch that is open
    sibling: int = 1
    siblings: int = 1
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """Who stands below whom, and which messages are in the open branch."""

    below: Mapping[int | None, Sequence[int]]
    parents: Mapping[int, int | None]
    siblings: Mapping[int, int]  # the how manieth one each message is below its parent
    open_branch: Collection[int]

    def line(self, message_id: int, depth: int) -> Line:
        siblings = len(self.below[self.parents[message_id]])
        return Line(message_id, depth, message_id in self.open_branch, self.siblings[message_id], siblings)

    def is_straight(self, line: Line) -> bool:
        return line.siblings == 1 and len(self.below.get(line.message_id, ())) < 2


def outline_lines(places: Iterable[Place], leaf: int | None, unfolded: Collection[int] = ()) -> list[Line]:
    """The lines of a tree whose open branch ends with `leaf`. A fold is `unfolded` by its first message."""
    tree = _tree(places, leaf)
    lines = [tree.line(*found) for found in _in_order(tree)]
    found: list[Line] = []
    for (straight, _), run in groupby(lines, lambda line: (tree.is_straight(line), line.depth)):
        these = list(run)
        found += _folded(these, unfolded) if straight else these
    return found


def _tree(places: Iterable[Place], leaf: int | None) -> Tree:
    below: dict[int | None, list[int]] = {}
    parents: dict[int, int | None] = {}
    siblings: dict[int, int] = {}
    for place in places:
        beside = below.setdefault(place.parent_id, [])
        beside.append(place.id)
        parents[place.id], siblings[place.id] = place.parent_id, len(beside)
    open_branch = set()
    while leaf is not None and leaf in parents:
        open_branch.add(leaf)
        leaf = parents[leaf]
    return Tree(below, parents, siblings, open_branch)


def _in_order(tree: Tree) -> Iterator[tuple[int, int]]:
    """Each message with its depth. Below a message come its side branches, indented, then what it goes on with: the
    open branch, else the newest."""
    waiting: list[tuple[int, int]] = []

    def await_below(message_id: int | None, depth: int) -> None:
        below = tree.below.get(message_id, ())
        if not below:
            return
        main = next((id_ for id_ in below if id_ in tree.open_branch), below[-1])
        waiting.append((main, depth))
        waiting.extend((id_, depth + 1) for id_ in reversed(below) if id_ != main)

    await_below(None, 0)
    while waiting:
        message_id, depth = waiting.pop()
        yield message_id, depth
        await_below(message_id, depth)


def _folded(run: list[Line], unfolded: Collection[int]) -> list[Line]:
    """A straight run, of which the middle is one line if it is long."""
    if len(run) <= SHORT or run[KEPT].message_id in unfolded:
        return run
    middle = run[KEPT]
    fold = Line(middle.message_id, middle.depth, middle.is_open, folded=len(run) - 2 * KEPT)
    return [*run[:KEPT], fold, *run[-KEPT:]]


def place_of(lines: Sequence[Line], message_id: int | None) -> int:
    """The place of the line of a message, 0 if it has none."""
    return next((place for place, line in enumerate(lines) if line.message_id == message_id), 0)
