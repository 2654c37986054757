"""What a smaller max_tokens would have cut."""

import streamlit as st

from experiments.reading.metrics import METRICS
from experiments.reading.results import Results
from experiments.reading.truncation import CutShare, cut_shares, lengths, limits_up_to
from experiments.reading.words.verdicts import interval_text
from llm.words import counted

HELP = (
    "Read off the recorded replies: one of 300 tokens would have been cut at 200. Of a reply that was cut nobody knows "
    "how long it would have grown. The interval is Wilson's, at 95%."
)


def truncation(results: Results, key: str) -> None:
    """Draw the share of replies that each limit would have cut, and say it of the one that is chosen."""
    known = lengths(results.rows)
    if not known:
        st.info("No reply with a known length is complete yet.")
        return
    thinking = True
    if any(length.usage.reasoning_tokens for length in known):
        thinking = st.toggle("The limit covers thinking too", True, key=f"thinking_{key}", persist_state="session")
    longest = max(length.usage.output_tokens for length in known)
    limit = st.slider(
        "max_tokens (tokens)",
        1,
        max(2, longest),
        longest // 2 or 1,
        key=f"limit_{longest}_{key}",
        help=HELP,
        persist_state="session",
    )
    [at] = cut_shares(known, [limit], thinking)
    st.markdown(_sentence(at))
    if guessed := sum(length.estimated for length in known):
        st.caption(f"≈ The lengths of {guessed:,} of {len(known):,} replies are estimates.")
    from experiments.reading.charts.truncation import truncation_chart

    st.altair_chart(truncation_chart(cut_shares(known, limits_up_to(longest), thinking)))


def _sentence(at: CutShare) -> str:
    unknown = f" Not known of {at.unknown:,}, which had been cut before." if at.unknown else ""
    if at.share is None or at.interval is None:
        return f"Nothing is known of a max_tokens of {at.max_tokens:,}.{unknown}"
    return (
        f"A max_tokens of {at.max_tokens:,} would have cut **{at.share:.0%}** of {counted(at.n, 'reply', 'replies')} "
        f"(95% interval {interval_text(at.interval, METRICS['truncated'])}).{unknown}"
    )
