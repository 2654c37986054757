"""A file that comes in: where to put it, how far it is, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.assets import FRONTEND, source
from components.text.model_text import plain
from components.watch import watch
from exchange.reading.importing import Import, Stage
from exchange.reading.summary import NAMED, Summary
from llm.words import counted, rough_text

NOTE = "A JSON export of a playground, or the zip or conversations.json of a ChatGPT export. Nothing comes in twice."
WHY = {
    "image": "only a note that it was there comes in",
    "sound": "only a note that it was there comes in",
    "video": "only a note that it was there comes in",
    "attachment": "files are not in such an export",
    "tool message": "what tools and models told each other is no part of the conversation",
    "custom instructions": "they are not kept with a conversation",
    "unknown part": "it is of a kind that is not known here",
}
_DOING = {Stage.CHECKING: "Checking", Stage.ADDING: "Adding"}
_upload = st.components.v2.component("upload", js=source("upload.js"), isolate_styles=False)


@dataclass(frozen=True)
class ImportDoes:
    """What can be done: bring a file by a ticket, stop, forget how it ended."""

    ticket: Callable[[], str]
    stop: Callable[[], None]
    dismiss: Callable[[], None]


def import_panel(job: Import | None, does: ImportDoes) -> None:
    """Draw the import that is running or has ended; nothing where there is none."""
    with st.container(key="import"):
        if job and job.running:
            _progress(job, does)
        elif job:
            _ended(job, does)


@st.dialog("Import", width="medium", icon=":material/upload_file:")
def import_dialog(does: ImportDoes) -> None:
    """Open the dialog with a place for a file; it closes once one has arrived, and the page shows what comes of it."""
    st.html(FRONTEND / "exchange.css")
    told = _upload(key="upload", data={"ticket": does.ticket(), "note": NOTE}, on_arrived_change=lambda: None).arrived
    if told is not None and not told["problem"]:
        st.rerun()
    if told:
        st.error(plain(told["problem"]))


def _progress(job: Import, does: ImportDoes) -> None:
    st.markdown(f"Importing **{plain(job.name)}**")
    watch(job.stage, lambda: job.stage, draw=lambda: st.progress(job.share, progress_text(job)), every=0.5)
    st.button("Stop", key="import_stop", icon=":material/stop_circle:", on_click=does.stop)


def progress_text(job: Import) -> str:
    """How far it is, in words."""
    parts = (
        f"{_DOING.get(job.stage, 'Ending')} {job.share:.0%}",
        counted(job.found, "conversation"),
        f"≈{rough_text(job.seconds_left)} left" if job.seconds_left is not None else "",
    )
    return " · ".join(part for part in parts if part)


def _ended(job: Import, does: ImportDoes) -> None:
    if job.stage is Stage.FAILED:
        st.error(plain(job.problem), icon=":material/error:")
        if job.summary.conversations:
            st.caption(
                f"{counted(job.summary.conversations, 'conversation')} came in before; import it again for the rest."
            )
    else:
        with st.container(border=True, gap="xsmall"):
            _summary(job)
    st.button("Close", key="import_close", icon=":material/check:", on_click=does.dismiss)


def _summary(job: Import) -> None:
    stopped = job.stage is Stage.STOPPED
    st.markdown(f"**{plain(job.name)}**: {'stopped. ' if stopped else ''}{job.summary.came}")
    for line in job.summary.stayed:
        st.caption(line)
    for line in left_out_lines(job.summary):
        st.caption(line)
    if stopped:
        st.caption("Import the file again for the rest: what is here already does not come in twice.")


def left_out_lines(summary: Summary) -> list[str]:
    """What was left out of conversations that came in, and why, with the first of them."""
    lines = []
    for thing, number in summary.left_out.most_common():
        why = f" ({WHY[thing]})" if thing in WHY else ""
        named = [f"“{plain(title)}”" for title in summary.titles[thing]]
        titles = ", ".join(named[:NAMED]) + (" …" if len(named) > NAMED else "")
        lines.append(f"Left out: {counted(number, plain(thing))}{why}, in {titles}")
    return lines
