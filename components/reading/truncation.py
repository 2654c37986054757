"""What a smaller max_tokens would have cut."""

import streamlit as st

from experiments.reading.results import Results
from experiments.reading.truncation import CutShare, Length, cut_shares, limits_up_to
from llm.types import Status
from llm.words import counted

HELP = (
    "Read off the recorded replies: one of 300 tokens would have been cut at 200. Of a reply that was cut nobody knows "
    "how long it would have grown. The interval is Wilson's, at 95 %."
)


def truncation(results: Results, key: str) -> None:
    """Draw the share of replies that each limit would have cut, and say it of the one that is chosen."""
    runs = [row.run for row in results.rows if row.run.status is Status.COMPLETE and row.run.usage.output_tokens]
    if not runs:
        st.info("No reply with a known length is complete yet.")
        return
    lengths = [Length(run.usage, run.finish_reason == "length") for run in runs]
    thinking = True
    if any(run.usage.reasoning_tokens for run in runs):
        thinking = st.toggle("The limit covers thinking too", True, key=f"thinking_{key}", persist_state="session")
    longest = max(length.usage.output_tokens for length in lengths)
    limit = st.slider(
        "max_tokens (tokens)",
        1,
        max(2, longest),
        longest // 2 or 1,
        key=f"limit_{longest}_{key}",
        help=HELP,
        persist_state="session",
    )
    [at] = cut_shares(lengths, [limit], thinking)
    st.markdown(_sentence(at))
    if guessed := sum(run.reported is None for run in runs):
        st.caption(f"≈ The lengths of {guessed:,} of {len(runs):,} replies are estimates.")
    from experiments.reading.charts.truncation import truncation_chart

    st.altair_chart(truncation_chart(cut_shares(lengths, limits_up_to(longest), thinking)))


def _sentence(at: CutShare) -> str:
    unknown = f" Not known of {at.unknown:,}, which had been cut before." if at.unknown else ""
    if at.share is None or at.interval is None:
        return f"Nothing is known of a max_tokens of {at.max_tokens:,}.{unknown}"
    return (
        f"A max_tokens of {at.max_tokens:,} would have cut **{at.share:.0%}** of {counted(at.n, 'reply', 'replies')} "
        f"(95% interval {at.interval.low:.0%} to {at.interval.high:.0%}).{unknown}"
    )
