"""How often each setting won, over all blind votes."""

from collections.abc import Sequence

import streamlit as st

from experiments.reading.votes import WinRate

FEW = 10  # pairs; with fewer the interval spans most of what is possible
HOW = (
    "A draw (a tie, or all bad) counts as half a win. The bar is the range in which the true rate lies with 95% "
    "confidence (Wilson). A vote on more than two columns counts as one for each pair with its winner; such pairs "
    "depend on each other, and the true range is wider. Rates rank only settings that met the same ones."
)


def win_rates_table(rates: Sequence[WinRate]) -> None:
    """Draw a table of settings and a plot of their rates with 95% intervals."""
    if not rates:
        st.caption("No votes yet. Turn on Blind, ask, vote and reveal: the votes are summed up here.")
        return
    if min(rate.n for rate in rates) < FEW:
        st.caption(f"Some of these stood in fewer than {FEW} pairs: their order may well be chance.")
    from experiments.reading.charts.win_rates import win_rates_chart

    st.altair_chart(win_rates_chart(rates))
    st.dataframe([_row(rate) for rate in rates], hide_index=True, column_config=_columns())
    st.caption(HOW)


def _row(rate: WinRate) -> dict[str, str | int | float]:
    return {
        "Win rate": 100 * rate.rate,
        "Setting": rate.setting,
        "95% interval": rate.interval_text,
        "Pairs": rate.n,
        "Wins": rate.wins,
        "Losses": rate.losses,
        "Ties": rate.ties,
        "All bad": rate.both_bad,
    }


def _columns() -> dict[str, object]:
    return {
        "Win rate": st.column_config.NumberColumn(format="%.0f%%", width=70),
        "Setting": st.column_config.TextColumn(width="medium"),
    }
