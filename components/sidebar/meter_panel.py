"""Rows of labels and values, and a bar; while a reply streams, its events change the values."""

from typing import Any

import streamlit as st

from components.assets import source

_draw = st.components.v2.component(
    "meter_panel",
    html='<div class="meter-panel" role="group" aria-label="Meters"></div>',
    css=source("meter_panel.css"),
    js=source("meter_panel.js"),
    isolate_styles=False,
)


def meter_panel(key: str, sections: list[dict[str, Any]], share: float | None, live_id: str | None) -> None:
    """Draw the sections, each {title, rows: [{name, label, value, help}]}, and a bar filled to `share` (0 to 1), if
    that is not None."""
    _draw(key=key, data={"sections": sections, "share": share, "live": live_id})
