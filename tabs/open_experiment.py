"""The experiment that is open in a tab, or the plan that is typed there: what the page shows of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from components.planning.state import Planning, Stand
from components.running.live_table import SHOWN
from components.running.phase import Phase, phase_of
from components.session import Session, addressed, name_in_address
from experiments.cautions import connection_named
from experiments.cells import Cell, cells
from experiments.draft import Draft, model_at, read_draft
from experiments.estimate import Past, Pasts
from experiments.outlook import Outlook, models_of, outlook
from experiments.plan import Plan
from experiments.plan_json import from_json, to_json
from experiments.plan_problem import PlanProblem
from experiments.running.execution import Execution
from experiments.running.progress import Tally
from experiments.running.steps import Standing, run_ids, standing_of
from experiments.stored_plan import stored_plan
from llm.types import Settings
from services import Services
from storage.records import ListedExperiment, StoredExperiment, StoredRun
from tabs.open_chat import OpenChat

PAGE, ADDRESS = "experiments", "id"
GONE = "This experiment is not here: it was deleted, or the address is wrong."
UNFINISHED = "The server ended the reply without saying that it was done."
EXAMPLE = Draft(
    prompts=("Write one sentence about the sea.", "Name an animal and say in a few words what it looks like."),
    typed={"temperature": "0:1:0.25", "max_tokens": "48"},
    repetitions=3,
)


@dataclass(frozen=True)
class OpenExperiment:
    """What is open on the Experiments page of one tab."""

    app: Services
    tab: Session

    @property
    def planning(self) -> Planning:
        return self.tab.planning

    def follow_address(self) -> None:
        """Open what the address names; coming from another page, what was open still is."""
        if self.tab.enter(PAGE) and not addressed(ADDRESS):
            name_in_address(self.planning.experiment_id, ADDRESS)
        self.planning.experiment_id = addressed(ADDRESS)
        if self.planning.experiment_id and not self.stored:
            self.open(None)
            self.tab.notice = GONE

    def open(self, experiment_id: str | None) -> None:
        """Make an experiment, or None for a new plan, the open one, in the address too."""
        self.planning.experiment_id, self.tab.notice = experiment_id, ""
        name_in_address(experiment_id, ADDRESS)

    @property
    def stored(self) -> StoredExperiment | None:
        return self.app.store.experiments.get(self.planning.experiment_id) if self.planning.experiment_id else None

    @property
    def draft(self) -> Draft:
        """What is typed; at first an example that can be sent as it is, to the built-in model where there is one, for
        that is free and takes every setting, else to the model of the chat."""
        if self.planning.draft:
            return self.planning.draft
        OpenChat(self.app, self.tab).choose_model()
        chat = self.tab.settings
        here = next((known for known in self.app.directory.all() if known.built_in), None)
        first = Settings(here.name, self.app.local_model.model) if here else chat
        models = (model_at(first),) if first.model else ()
        return replace(EXAMPLE, connection=chat.connection, models=models)

    def models(self) -> tuple[tuple[str, ...], str, bool]:
        """The models to choose from, each "model @ connection", what is worth knowing about them, and whether a
        server has not listed its own yet."""
        listings = [(known.name, self.app.directory.listing(known, 0)) for known in self.app.directory.all()]
        names = [model_at(Settings(name, model)) for name, listing in listings for model in listing.models]
        notes = [listing.note for _, listing in listings if listing.note] or list(self.app.directory.problems())
        return tuple(names), " ".join(notes), any(listing.pending for _, listing in listings)

    def plan(self) -> tuple[Plan | None, PlanProblem | None]:
        """The plan that is typed, or what is wrong with it."""
        try:
            plan = read_draft(self.draft)
            for settings in models_of(plan, self._cells(plan)):
                connection_named(settings.connection, self.app.directory.get)
            return plan, None
        except PlanProblem as problem:
            return None, problem

    def outlook(self, plan: Plan) -> Outlook:
        """What becomes of that plan; remembered, for that of a large one takes seconds."""
        known = _costly(plan), self.app.store.replies.newest(), self.app.directory.all()
        if self.planning.outlook is None or self.planning.outlook[0] != known:
            built, connection_of = self._cells(plan), self.app.directory.get
            recorded = self.app.store.runs.recorded(cell.id for cell in built)
            pasts = self._pasts(models_of(plan, built))
            seen = outlook(plan, built, recorded, connection_of, pasts, datetime.now(UTC))
            self.planning.outlook = known, seen
        return self.planning.outlook[1]

    @property
    def execution(self) -> Execution | None:
        return self.app.executions.find(self.planning.experiment_id or "")

    def phase(self, experiment: StoredExperiment | ListedExperiment) -> Phase:
        """What an experiment is doing."""
        known = self.app.executions.find(experiment.id)
        if known is None:
            return phase_of(experiment.state, False, False, False)
        return phase_of(experiment.state, known.live, known.paused or bool(known.trouble), known.cancelled)

    @property
    def now(self) -> Phase | None:
        """What the open experiment is doing at this moment; None if it was deleted meanwhile."""
        return self.phase(stored) if (stored := self.stored) else None

    def listed(self) -> tuple[list[tuple[ListedExperiment, Phase]], bool]:
        """The newest experiments, and whether there are more."""
        found = self.app.store.experiments.recent(self.planning.listed + 1)
        shown = found[: self.planning.listed]
        return [(listed, self.phase(listed)) for listed in shown], len(found) > len(shown)

    def stand(self, experiment: StoredExperiment) -> Stand:
        """How far an experiment has got: by its execution while that is live, else by what is recorded."""
        execution = self.app.executions.find(experiment.id)
        if execution and execution.live:
            return Stand(execution.progress)
        known = experiment.id, experiment.state, self.app.store.replies.newest()
        if self.planning.stand is None or self.planning.stand[0] != known:
            self.planning.stand = known, self._recorded(experiment)
        return self.planning.stand[1]

    def newest(self, experiment: StoredExperiment) -> list[tuple[StoredRun, str]]:
        """The runs that began last, with their texts."""
        return self.app.store.runs.newest(experiment.id, SHOWN)

    def _recorded(self, experiment: StoredExperiment) -> Stand:
        plan, built = stored_plan(experiment.plan)
        runs = self.app.store.runs.of(experiment.id)
        standings = {run.id: standing_of(run.status, run.failure) for run in runs}
        spent = {judges: self.app.store.runs.spent(experiment.id, judges) for judges in (False, True)}
        tally = Tally(run_ids(tuple(built.values()), plan.repetitions), standings, spent)
        failed = [run for run in runs if standings[run.id] is Standing.FAILED]
        reasons = Counter(run.failure.sentence if run.failure else UNFINISHED for run in failed)
        return Stand(tally.progress(0, None, plan.concurrency), tuple(reasons.most_common()))

    def _cells(self, plan: Plan) -> tuple[Cell, ...]:
        return _cells_of(_costly(plan))

    def _pasts(self, asked: Sequence[Settings]) -> Pasts:
        found = {}
        for settings in asked:
            lately = self.app.store.replies.lately(settings.connection, settings.model)
            seconds = [took for _, took in lately if took is not None]
            found[settings.connection, settings.model] = Past([tokens for tokens, _ in lately], seconds)
        return found


def _costly(plan: Plan) -> str:
    """A plan as text, without what changes neither its cells nor what they cost: that is typed at no cost."""
    return to_json(replace(plan, title="", checks=(), cap=None))


@lru_cache(maxsize=4)
def _cells_of(costly: str) -> tuple[Cell, ...]:
    return cells(from_json(costly))
