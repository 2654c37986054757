"""Dragging a factor changes the recorded reply at once: all of it happens in the browser."""

import streamlit as st

from components.reading.choosers import prompt_chooser
from experiments.reading.results import Results
from experiments.reading.scrub import FOLDER, scrub_data

_MOUNT = """
export default function ({ parentElement, data }) {
  scrub(parentElement.querySelector('.scrub'), data);
}
"""
_draw = st.components.v2.component(
    "scrub",
    html='<div class="scrub"></div>',
    css=(FOLDER / "scrub.css").read_text("utf-8"),
    js=(FOLDER / "scrub.js").read_text("utf-8") + _MOUNT,
    isolate_styles=False,
)


def scrub(results: Results, key: str) -> None:
    """Draw the recorded replies to one prompt with a slider for each factor."""
    prompt = prompt_chooser(results, f"scrub_{key}")
    if results.factors or results.plan.repetitions > 1:
        st.caption("Drag a slider, or use the arrow keys. Every reply is a recorded one: nothing is sent.")
    _draw(key=f"scrub_{key}", data=scrub_data(results, [prompt]))
