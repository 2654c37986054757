"""The experiment that is open in a tab: what the page shows of it, and of the others."""

from dataclasses import dataclass
from datetime import timedelta

from components.planning.state import Planning
from components.running.live_table import LOOKED_AT
from components.session import Session, addressed, look_at, name_in_address
from experiments.running.phase import Phase
from experiments.running.stand import Stand, stand_of
from experiments.stored_plan import stored_plan
from services import UNDO, Services
from storage.experiments.records import ListedExperiment, StoredExperiment, StoredRun
from storage.records import Deleted

PAGE, ADDRESS = "experiments", "id"
GONE = "This experiment is not here: it was deleted, or the address is wrong."


@dataclass(frozen=True)
class OpenExperiment:
    """What is open on the Experiments page of one tab: an experiment, or a new plan."""

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
        look_at("experiment" if self.planning.experiment_id else "plan")

    def open(self, experiment_id: str | None) -> None:
        """Make an experiment, or None for a new plan, the open one, in the address too."""
        self.planning.experiment_id, self.tab.notice = experiment_id, ""
        name_in_address(experiment_id, ADDRESS)

    @property
    def stored(self) -> StoredExperiment | None:
        return self.app.store.experiments.get(self.planning.experiment_id) if self.planning.experiment_id else None

    @property
    def now(self) -> Phase | None:
        """What the open experiment is doing at this moment; None if it was deleted meanwhile."""
        return self.app.executions.phase(stored) if (stored := self.stored) else None

    def listed(self) -> tuple[list[tuple[ListedExperiment, Phase]], bool]:
        """The newest experiments, and whether there are more."""
        found = self.app.store.experiments.recent(self.planning.listed + 1)
        shown = found[: self.planning.listed]
        return [(listed, self.app.executions.phase(listed)) for listed in shown], len(found) > len(shown)

    def deleted(self) -> list[Deleted]:
        """What was deleted a moment ago."""
        return self.app.store.experiments.recently_deleted(timedelta(seconds=UNDO))

    def stand(self, experiment: StoredExperiment) -> Stand:
        """How far an experiment has got: by its execution while that is live, else by what is recorded."""
        if execution := self.app.executions.find(experiment.id):
            return Stand(execution.progress)
        known = experiment.id, experiment.state, self.app.store.replies.newest()
        if self.planning.stand is None or self.planning.stand[0] != known:
            plan, built = stored_plan(experiment.plan)
            self.planning.stand = known, stand_of(experiment.id, plan, built.values(), self.app.store.runs)
        return self.planning.stand[1]

    def newest(self, experiment: StoredExperiment) -> list[tuple[StoredRun, str]]:
        """The runs and judgements that began last, with their texts."""
        return self.app.store.runs.newest(experiment.id, LOOKED_AT)
