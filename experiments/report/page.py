"""The report: an experiment as one HTML file that needs nothing else, and in which nothing but its own script runs.

Heavy (jinja2, altair, vl_convert, numpy, scipy): imported when a report is made.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.plan_words import plan_words
from experiments.reading.results import Results
from experiments.reading.scrub import FOLDER as SCRUB
from experiments.reading.scrub import scrub_data
from experiments.reading.statistics.effects import Effect, effects
from experiments.report.exported import Exported
from experiments.report.figures import figures, figures_left_out, said
from experiments.report.replies import shown_replies
from experiments.report.words import tokens_text, version
from llm.money import spent_text
from llm.types import Status
from llm.words import counted, duration_text

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_SHOWN = 50  # prompts, and rows of the table
_FOLDER = Path(__file__).parent
_START = """
const place = document.getElementById('scrub');
if (place) scrub(place, JSON.parse(document.getElementById('scrub-data').textContent));
"""


def report_html(exported: Exported, found: Sequence[Effect] | None = None) -> str:
    """The report of an experiment; `found` is what its factors do, if that is known already: to test it takes long.

    Nothing in it is fetched from anywhere. Of a large experiment it shows a part, and says which. Of one that is still
    running it says so, and tests nothing: whoever looks until something shows will find what is not there.
    """
    results = exported.results
    if exported.running:
        found = ()
    elif found is None:
        found = effects(results.observations, results.factors, results.metrics)
    asked, cells_left_out = shown_replies(results)
    template = _environment().get_template("report.html")
    return template.render(
        exported=exported,
        facts=_facts(exported),
        said=said(found),
        figures=figures(results),
        figures_left_out=figures_left_out(results),
        asked=asked,
        cells_left_out=cells_left_out,
        plan=plan_words(results.plan),
        most=MOST_SHOWN,
        style=(_FOLDER / "report.css").read_text("utf-8"),
        version=version(),
        **_scrub(results),
    )


def _facts(exported: Exported) -> list[tuple[str, str]]:
    """The experiment in a few figures, by name."""
    rows = exported.results.rows
    plan = exported.results.plan
    planned_runs = len(exported.results.cells) * plan.repetitions
    complete = sum(row.run.status is Status.COMPLETE for row in rows)
    broken = len(rows) - complete
    adopted = sum(row.run.adopted for row in rows)
    own = [row.run.timing for row in rows if row.run.timing and not row.run.adopted]
    state = ", still running when this was made" if exported.running else ""
    facts = [
        ("planned", f"{exported.created_at:%Y-%m-%d %H:%M} UTC"),
        ("runs", f"{complete:,} of {planned_runs:,} complete{f', {broken:,} not' if broken else ''}{state}"),
        ("recorded before", counted(adopted, "run") if adopted else ""),
        ("cost", spent_text(exported.spent) or "nothing"),
        ("cost of judging", (spent_text(exported.spent_on_judging) or "nothing") if plan.judge else ""),
        ("tokens", tokens_text(exported.spent)),
        ("replies took", f"{duration_text(sum(timing.duration or 0 for timing in own))} altogether"),
    ]
    return [fact for fact in facts if fact[1]]


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(_FOLDER)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["counted"] = counted
    return environment


def _scrub(results: Results) -> dict[str, Any]:
    """The recorded replies that can be turned through, the script that does it, and the hash that allows no other."""
    script = (SCRUB / "scrub.js").read_text("utf-8") + _START
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "scrub_data": scrub_data(results),
        "scrub_style": (SCRUB / "scrub.css").read_text("utf-8"),
        "script": script,
        "script_hash": f"sha256-{digest}",
    }
