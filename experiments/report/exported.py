"""An experiment as it is exported."""

from dataclasses import dataclass
from datetime import datetime

from experiments.reading.results import Results
from llm.types import Spent


@dataclass(frozen=True)
class Exported:
    """The results of an experiment, how it is called, when it was made and what it cost, adopted runs left out."""

    title: str
    created_at: datetime
    results: Results
    spent: Spent  # on the runs
    spent_on_judging: Spent
