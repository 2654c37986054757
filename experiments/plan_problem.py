"""What is wrong with a plan, said at the field where it can be put right."""

from llm.types import PlaygroundError


class PlanProblem(PlaygroundError):
    """A plan that cannot be run: the name of the field that is wrong, and one sentence for it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
