"""What the Experiments page of one tab shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a chat needs none of it
    from experiments.draft import Draft
    from experiments.outlook import Outlook
    from experiments.running.stand import Stand

LISTED = 10  # experiments in the sidebar at first


@dataclass
class Planning:
    """What is open: a stored experiment, or a new plan with what has been typed of it."""

    experiment_id: str | None = None  # None: a new plan
    draft: Draft | None = None  # None: nothing has been typed yet
    outlook: tuple[object, Outlook] | None = None  # the last one, and what it was computed of
    stand: tuple[object, Stand] | None = None  # so, too
    unfolded: set[str] = field(default_factory=set)  # the parts of the form that are
    upload_problem: str = ""  # why the file that was uploaded last is no table
    listed: int = LISTED
    closed: set[str] = field(default_factory=set)  # experiments deleted here while they were open
