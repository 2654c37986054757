"""What the user does with stored experiments."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from components.planning.state import LISTED
from components.session import WHOLE, Parts
from experiments.draft import draft_of
from experiments.plan import refuse_faulty
from experiments.plan_json import from_json, to_json
from experiments.running.phase import Phase
from tabs.experiments.open_experiment import OpenExperiment
from tabs.noticed import Actions, noticed


class ExperimentActions(Actions[OpenExperiment]):
    """The callbacks of the list of experiments and of an open one."""

    @noticed
    def open(self, experiment_id: str | None) -> Parts:
        """Go to an experiment, or to a new plan."""
        self.opened.open(experiment_id)
        return WHOLE

    @noticed
    def plan_another(self, experiment_id: str) -> Parts:
        """Begin a new plan with all that an experiment's says, but its name."""
        if stored := self.app.store.experiments.get(experiment_id):
            self.tab.planning.draft = replace(draft_of(from_json(stored.plan)), title="")
        self.opened.open(None)
        return WHOLE

    @noticed
    def start(self, experiment_id: str) -> Parts:
        """Send what is left of an experiment."""
        return self._begun(self.app.executions.start, experiment_id)

    @noticed
    def retry_failed(self, experiment_id: str) -> Parts:
        """Send its failed runs again."""
        return self._begun(self.app.executions.retry_failed, experiment_id)

    @noticed
    def pause(self, experiment_id: str) -> Parts:
        self.app.executions.pause(experiment_id)
        return WHOLE

    @noticed
    def cancel(self, experiment_id: str) -> Parts:
        self.app.executions.cancel(experiment_id)
        return WHOLE

    @noticed
    def change_cap(self, experiment_id: str, dollars: Decimal | None) -> Parts:
        """Let an experiment cost more, or less, from its next start on."""
        if stored := self.app.store.experiments.get(experiment_id):
            plan = replace(from_json(stored.plan), cap=dollars)
            refuse_faulty(plan)
            self.app.store.experiments.save_plan(experiment_id, to_json(plan))
        self.tab.notice = ""
        return WHOLE

    @noticed
    def rename(self, experiment_id: str, title: str) -> None:
        self.app.directory.refuse_keys("this name", title)
        self.app.store.experiments.rename(experiment_id, title)

    @noticed
    def delete(self, experiment_id: str) -> Parts:
        self.app.delete_experiment(experiment_id)
        if self.tab.planning.experiment_id == experiment_id:
            self.tab.planning.closed.add(experiment_id)
            self.opened.open(None)
        return WHOLE

    @noticed
    def restore(self, experiment_id: str) -> Parts:
        """Take a deletion back; what was open when this tab deleted it is open again."""
        self.app.store.experiments.restore(experiment_id)
        if experiment_id in self.tab.planning.closed:
            self.tab.planning.closed.remove(experiment_id)
            self.opened.open(experiment_id)
        return WHOLE

    def list_more(self) -> None:
        self.tab.planning.listed += LISTED

    def _begun(self, begin: Callable[[str], object], experiment_id: str) -> Parts:
        """Have an experiment run; a second click finds that it does."""
        self.tab.notice = ""
        if self.opened.now is not Phase.RUNNING:
            begin(experiment_id)
        return WHOLE
