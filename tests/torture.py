"""What the long trials share: the seed that they draw from, and the figures that they leave for the summary."""

import os

SEED = int(os.environ.get("TORTURE_SEED") or 1)
FIGURES: dict[str, object] = {}
