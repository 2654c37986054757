"""What is wrong with a plan, or with the columns of a comparison, said at the field where it can be put right."""

from llm.types import PlaygroundError


class FieldProblem(PlaygroundError):
    """What cannot be sent as it is: the name of the field that is wrong, and one sentence for it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
