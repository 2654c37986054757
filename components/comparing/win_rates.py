"""How often each setting won, over all blind votes."""

from collections.abc import Sequence

import streamlit as st

from experiments.reading.votes import WinRate

FEW = 10  # pairs; with fewer the interval spans most of what is possible
GREY, ACCENT = "#8b8d98", "#6e6ade"  # seen on either theme
HOW = (
    "A draw (a tie, or all bad) counts as half a win. The bar is the range in which the true rate lies with 95 % "
    "confidence (Wilson). A vote on more than two columns counts as one for each pair with its winner; such pairs "
    "depend on each other, and the true range is wider. Rates rank only settings that met the same ones."
)


def win_rates_table(rates: Sequence[WinRate]) -> None:
    """Draw a table of settings and a plot of their rates with 95 % intervals."""
    if not rates:
        st.caption("No votes yet. Turn on Blind, ask, vote and reveal: the votes are summed up here.")
        return
    if min(rate.n for rate in rates) < FEW:
        st.caption(f"Some of these stood in fewer than {FEW} pairs: their order may well be chance.")
    _plot(rates)
    st.dataframe([_row(rate) for rate in rates], hide_index=True, column_config=_columns())
    st.caption(HOW)


def _row(rate: WinRate) -> dict[str, str | int | float]:
    interval = rate.interval
    return {
        "Setting": rate.setting,
        "Wins": rate.wins,
        "Losses": rate.losses,
        "Ties": rate.ties,
        "All bad": rate.both_bad,
        "Pairs": rate.n,
        "Win rate": 100 * rate.rate,
        "95 % interval": f"{interval.low:.0%} to {interval.high:.0%}",
    }


def _columns() -> dict[str, object]:
    return {
        "Setting": st.column_config.TextColumn(width=330),
        "Win rate": st.column_config.NumberColumn(format="%.0f %%"),
    }


def _plot(rates: Sequence[WinRate]) -> None:
    import altair as alt

    rows = [
        {"Setting": rate.setting, "rate": rate.rate, "low": rate.interval.low, "high": rate.interval.high, "n": rate.n}
        for rate in rates
    ]
    order = [rate.setting for rate in rates]
    percent = alt.Axis(format="%", title="Win rate", values=[0, 0.25, 0.5, 0.75, 1])
    settings = alt.Y("Setting:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    bars = alt.Chart(alt.Data(values=rows)).mark_rule(strokeWidth=2, color=GREY)
    bars = bars.encode(x=alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), axis=percent), x2="high:Q", y=settings)
    points = alt.Chart(alt.Data(values=rows)).mark_point(filled=True, size=90, opacity=1, color=ACCENT)
    points = points.encode(x="rate:Q", y=settings, tooltip=["Setting:N", alt.Tooltip("rate:Q", format=".0%"), "n:Q"])
    st.altair_chart((bars + points).properties(height=40 + 34 * len(rows)), width="stretch")
