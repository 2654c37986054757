"""The figures of one recorded reply in words: each with its unit, an estimate with ≈, what is not known left out."""

from experiments.checks.judge import HIGHEST
from experiments.reading.results import Result
from llm.money import about, cost_text
from llm.replies.live import tokens_per_second
from llm.types import Status
from llm.words import counted

Figures = tuple[tuple[str, str], ...]  # names and values


def status_name(status: Status) -> str:
    """What a run is doing, or how it ended."""
    return {Status.STREAMING: "running", Status.COMPLETE: "done"}.get(status, str(status))


def short_figures(row: Result) -> Figures:
    """What a reply took, as few as suit a line; seconds say what they are of."""
    named = {"first token": "first token ", "duration": "whole "}
    wanted = ("output", "cost", *named)
    return tuple((name, named.get(name, "") + text) for name, text in reply_figures(row) if name in wanted)


def reply_figures(row: Result) -> Figures:
    """What a reply took and how varied it is."""
    run, timing = row.run, row.run.timing
    mark = about(run.reported is None)
    speed = timing and tokens_per_second(run.usage.output_tokens, timing.first_token, timing.duration)
    varied = ((f"distinct-{n}", row.metrics[f"distinct_{n}"]) for n in (1, 2))
    figures = (
        ("input", mark + counted(run.usage.input_tokens, "token") if run.usage.input_tokens else ""),
        ("output", mark + counted(run.usage.output_tokens, "token") if run.usage.output_tokens else ""),
        ("cost", run.cost and cost_text(run.cost)),
        ("first token", timing and timing.first_token is not None and f"{timing.first_token:.2f} s"),
        ("duration", timing and timing.duration is not None and f"{timing.duration:.2f} s"),
        ("speed", speed and f"{mark}{speed:,.0f} tokens/s"),
        *((name, value is not None and f"{value:.2f}") for name, value in varied),
    )
    return tuple((name, text) for name, text in figures if text)


def status_words(row: Result) -> str:
    """What is to be known of how a reply ended; "" for a whole one that no limit cut."""
    run = row.run
    if run.status is Status.COMPLETE:
        return "Cut by max_tokens" if run.finish_reason == "length" else ""
    word = str(run.status).capitalize()
    return f"{word}: {run.failure.sentence}" if run.failure else word


def judge_words(row: Result) -> str:
    """The judge's score and reason; "" where there is none."""
    if row.judgement is None:
        return ""
    judged = row.judgement
    none = "n/a" if judged.readable else "no score could be read in its answer"
    score = none if judged.score is None else f"{judged.score} of {HIGHEST}"
    return f"{score}: {judged.why}" if judged.why else score
