"""The settings of a plan: each left empty, with one value for all runs, or with several that are tried."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.planning.edit import Edit
from components.planning.faults import fault, within
from components.planning.section import Section
from components.planning.texts import text_list
from components.session import project, widget
from components.sidebar.parameter_controls import DEFAULT, HELP
from components.text.model_text import plain
from experiments.draft import SYSTEM_PROMPT, TYPED, Draft, read_setting
from experiments.factor_words import level_text
from experiments.factors import Level, example
from experiments.field_problem import FieldProblem

FIRST = ("temperature", "max_tokens")
MORE = tuple(name for name in TYPED if name not in FIRST)
FORMATS = ("text", "json_object")
SHOWN = 8  # values that are read back
_SEVERAL = "Empty: not sent. One value: the same in all runs. Several are compared, such as {}."


def setting_fields(
    draft: Draft, problem: FieldProblem | None, models: Sequence[str], note: str, edit: Edit, part: Section
) -> None:
    """Draw the models and the other settings."""
    _models(draft, problem, models, note, edit)
    for place, name in zip(st.columns(len(FIRST)), FIRST, strict=True):
        with place:
            _typed(name, draft, edit)
    fault(problem, "factors")
    summary = ", ".join(HELP[name].label.lower() for name in _more_set(draft))
    with part("plan_more", "More settings", summary, within(problem, *MORE, SYSTEM_PROMPT)) as fold:
        if fold.open:
            _more(draft, problem, edit)


def _more_set(draft: Draft) -> list[str]:
    names = [name for name in MORE if draft.typed.get(name, "").strip()]
    names += ["response_format"] if draft.fixed.response_format else []
    return names + ([SYSTEM_PROMPT] if any(map(str.strip, draft.system_prompts)) else [])


def _models(draft: Draft, problem: FieldProblem | None, models: Sequence[str], note: str, edit: Edit) -> None:
    project("plan_models", list(draft.models))
    with st.container(gap="xxsmall"):
        st.multiselect(
            "Models",
            [*models, *(model for model in draft.models if model not in models)],
            key="plan_models",
            help="The models that reply, each “at” its connection. Several are compared. Any other name can be typed.",
            placeholder="Choose models or type a name",
            accept_new_options=True,
            select_all=False,
            on_change=lambda: edit("models", lambda _: tuple(widget("plan_models"))),
        )
        if not fault(problem, "model") and note:
            st.caption(plain(note))


def _more(draft: Draft, problem: FieldProblem | None, edit: Edit) -> None:
    places = [place for _ in range(0, len(MORE) + 1, 2) for place in st.columns(2)]
    for place, name in zip(places, MORE, strict=False):
        with place:
            _typed(name, draft, edit)
    with places[len(MORE)]:
        project("plan_response_format", draft.fixed.response_format)
        st.selectbox(
            HELP["response_format"].label,
            FORMATS,
            index=None,
            key="plan_response_format",
            help=f"{HELP['response_format'].text} The same in all runs.",
            placeholder=DEFAULT,
            filter_mode=None,
            on_change=lambda: edit("fixed", lambda now: replace(now, response_format=widget("plan_response_format"))),
        )
    text_list(
        "plan_system",
        HELP[SYSTEM_PROMPT].label,
        draft.system_prompts or ("",),
        lambda change: edit("system_prompts", lambda now: change(now or ("",))),
        f"{HELP[SYSTEM_PROMPT].text} Empty: none is sent. Several are compared, one of them may be empty.",
        placeholder=DEFAULT,
    )
    fault(problem, SYSTEM_PROMPT)


def _typed(name: str, draft: Draft, edit: Edit) -> None:
    key = f"plan_{name}"
    typed = draft.typed.get(name, "")
    project(key, typed)
    with st.container(gap="xxsmall"):
        st.text_input(
            HELP[name].label,
            key=key,
            help=f"{HELP[name].text} {_SEVERAL.format(example(name))}",
            placeholder=DEFAULT,
            live=True,
            on_change=lambda: edit("typed", lambda now: {**now, name: widget(key)}),
        )
        try:
            levels = read_setting(name, typed).levels
        except FieldProblem as problem:
            fault(problem, name)
        else:
            st.caption(_read_back(levels))


def _read_back(levels: Sequence[Level]) -> str:
    """The values as they were understood, where there are several."""
    if len(levels) == 1:
        return ""
    words = ", ".join(map(level_text, levels[:SHOWN]))
    return plain(f"{len(levels)} values: {words}{', …' if len(levels) > SHOWN else ''}")
