"""The cap of an experiment that does not run: it can be raised, so that what is left can be sent."""

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from components.planning.amounts import dollars
from components.session import project, widget


def cap_field(cap: Decimal, on_change: Callable[[Decimal | None], None]) -> None:
    """Draw the cap in US dollars; emptied, there is none."""
    project("experiment_cap", float(cap))
    st.number_input(
        "Cap, US$",
        min_value=0.0,
        step=0.5,
        value=None,
        format="%g",
        placeholder="no cap",
        key="experiment_cap",
        help="The most that this experiment may cost, what it has cost so far included. It holds from the next start.",
        on_change=lambda: on_change(dollars(widget("experiment_cap"))),
        width=160,
    )
