"""What the user does with a plan that is being typed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from components.session import WHOLE, Parts
from experiments.draft import read_draft
from experiments.field_problem import FieldProblem
from experiments.plan_json import to_json
from experiments.templates import read_table
from tabs.experiments.open_experiment import OpenExperiment
from tabs.experiments.typed_plan import TypedPlan
from tabs.noticed import Actions, noticed


@dataclass(frozen=True)
class PlanActions(Actions[OpenExperiment]):
    """The callbacks of the form."""

    typed: TypedPlan

    @noticed
    def edit(self, field: str, change: Callable[[Any], Any]) -> None:
        """Change a field of the draft, from what stands there now: more may have been typed since it was drawn."""
        draft = self.typed.draft()
        self.tab.planning.draft = replace(draft, **{field: change(getattr(draft, field))})

    def fold(self, part: str, folded: bool) -> None:
        """Fold a part of the form, or unfold it."""
        unfolded = self.tab.planning.unfolded
        (unfolded.discard if folded else unfolded.add)(part)

    @noticed
    def upload(self, content: bytes) -> None:
        """Take a file for the table; one that is none leaves what was typed, and says why."""
        try:
            read_table(content)
        except FieldProblem as problem:
            self.tab.planning.upload_problem = str(problem)
        else:
            self.tab.planning.upload_problem = ""
            self.tab.planning.draft = replace(self.typed.draft(), table=content.decode("utf-8-sig"))

    @noticed
    def start(self) -> Parts:
        """Store the plan as an experiment, open that, and send it; a second click finds that open."""
        if self.tab.planning.experiment_id:
            return WHOLE
        stored = to_json(plan := read_draft(self.typed.draft()))
        self.app.directory.refuse_keys("the plan", stored)
        id_ = self.app.store.experiments.create(plan.title, stored)
        self.tab.planning.draft = None
        self.opened.open(id_)
        self.app.executions.start(id_)
        return WHOLE
