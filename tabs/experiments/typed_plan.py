"""The plan that is typed in a tab, and what will become of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from components.planning.state import Planning
from components.session import Session
from experiments.cautions import connection_named
from experiments.cells import Cell, cells
from experiments.draft import Draft, model_at, read_draft
from experiments.estimate import ENOUGH, pasts_of
from experiments.field_problem import FieldProblem
from experiments.outlook import Outlook, models_of, outlook
from experiments.plan import Plan
from experiments.plan_json import from_json, to_json
from llm.types import Settings
from services import Services
from tabs.chat.open_chat import OpenChat

EXAMPLE = Draft(
    prompts=("Write one sentence about the sea.", "Name an animal and say in a few words what it looks like."),
    typed={"temperature": "0:1:0.25", "max_tokens": "48"},
    repetitions=3,
)


@dataclass(frozen=True)
class TypedPlan:
    """The new plan of one tab."""

    app: Services
    tab: Session

    @property
    def planning(self) -> Planning:
        return self.tab.planning

    def draft(self) -> Draft:
        """What is typed; at first an example that can be sent as it is, to the model that the chat would ask: it may
        wait a moment for that one's name."""
        if self.planning.draft:
            return self.planning.draft
        chat = OpenChat(self.app, self.tab)
        first = _first(chat)
        models = (model_at(first),) if first.model else ()
        return replace(EXAMPLE, connection=chat.connection.name, models=models)

    def models(self) -> tuple[tuple[str, ...], str, bool]:
        """The models to choose from, each "model @ connection", what is worth knowing about them, and whether a
        server has not listed its own yet."""
        listings = [(known.name, self.app.directory.listing(known, 0)) for known in self.app.directory.all()]
        names = [model_at(Settings(name, model)) for name, listing in listings for model in listing.models]
        notes = [listing.note for _, listing in listings if listing.note] or list(self.app.directory.problems())
        return tuple(names), " ".join(notes), any(listing.pending for _, listing in listings)

    def plan(self, draft: Draft) -> tuple[Plan | None, FieldProblem | None]:
        """The plan that a draft makes, or what is wrong with it."""
        try:
            plan = read_draft(draft)
            for settings in models_of(plan, _cells(plan)):
                connection_named(settings.connection, self.app.directory.get)
            return plan, None
        except FieldProblem as problem:
            return None, problem

    def outlook(self, plan: Plan) -> Outlook:
        """What becomes of that plan; remembered as long as nothing changes that it depends on, for that of a large one
        takes seconds. What a model writes is looked at again as long as few of its replies are known."""
        built, directory, store = _cells(plan), self.app.directory, self.app.store
        recorded = store.runs.recorded(cell.id for cell in built)
        pasts = pasts_of(models_of(plan, built), store.replies.lately)
        few = tuple(min(len(past.output_tokens), ENOUGH) for past in pasts.values())
        known = _costly(plan), recorded, few, directory.all()
        if self.planning.outlook is None or self.planning.outlook[0] != known:
            seen = outlook(plan, built, recorded, directory.get, pasts, datetime.now(UTC))
            self.planning.outlook = known, seen
        return self.planning.outlook[1]


def _first(chat: OpenChat) -> Settings:
    """The connection and the model that the chat would ask."""
    connection, chosen = chat.connection, chat.tab.settings
    if chosen.connection == connection.name and chosen.model:
        return Settings(connection.name, chosen.model)
    return Settings(connection.name, chat.usual_model(connection))


def _costly(plan: Plan) -> str:
    """A plan as text, without what changes neither its cells nor what they cost: that is typed at no cost."""
    return to_json(replace(plan, title="", checks=(), cap=None))


def _cells(plan: Plan) -> tuple[Cell, ...]:
    return _cells_of(_costly(plan))


@lru_cache(maxsize=4)
def _cells_of(costly: str) -> tuple[Cell, ...]:
    return cells(from_json(costly))
