"""What an experiment is doing."""

from enum import StrEnum


class Phase(StrEnum):
    """What an experiment is doing: as it is stored, and as it runs in this process."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSING = "pausing"  # nothing leaves any more, but something is under way
    CANCELLING = "cancelling"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"  # the playground ended while it ran
    CANCELLED = "cancelled"
    DONE = "done"

    @property
    def live(self) -> bool:
        return self in (Phase.RUNNING, Phase.PAUSING, Phase.CANCELLING)
