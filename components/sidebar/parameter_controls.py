"""The controls of the parameters. Unset reads "default" everywhere, and what is unset is not sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.session import project, widget
from components.text.model_text import plain
from llm.models.capabilities import Capabilities, effective, refusals
from llm.models.limits import MOST_STOP_SEQUENCES
from llm.types import Parameters

DEFAULT = "default"
FOREMOST = ("temperature", "top_p", "max_tokens")  # the others are folded
LARGEST_SEED = 2**53 - 1  # the largest whole number that a browser holds exactly
OnChange = Callable[[str, Any], None]


def _stops(low: float, high: float, step: float) -> list[float]:
    return [round(low + i * step, 2) for i in range(round((high - low) / step) + 1)]


@dataclass(frozen=True)
class Help:
    """What a control is called and what it does to the output."""

    label: str
    text: str


HELP = {
    "temperature": Help(
        "Temperature",
        "How much chance there is in the choice of each word. 0 gives nearly the same answer every time, good for "
        "facts and code; 0.7 to 1 is usual for chat; above 1.2 the text grows wild.",
    ),
    "top_p": Help(
        "Top p",
        "Only the likeliest words that together make up this share are considered. 1 considers all; 0.9 cuts off the "
        "unlikely tail. Usually one sets this or the temperature, not both.",
    ),
    "max_tokens": Help(
        "Max tokens",
        "The longest reply, in tokens (about ¾ of an English word, or one to two Chinese characters). The reply is cut "
        "off there, it is not made to fit. Usual: 256 for short answers, 1,024 to 4,096 for long ones.",
    ),
    "stop_sequences": Help(
        "Stop sequences",
        "The reply ends just before any of these texts would appear. Up to four; type one and press Enter. "
        r"Write \n for a line break.",
    ),
    "frequency_penalty": Help(
        "Frequency penalty",
        "Makes a word less likely each time it has been used, so the text repeats itself less. 0 is neutral; "
        "0.1 to 1 is usual; negative values invite repetition.",
    ),
    "presence_penalty": Help(
        "Presence penalty",
        "Makes every word that has been used at all less likely, so the text moves on to new topics. 0 is neutral; "
        "0.1 to 1 is usual.",
    ),
    "seed": Help(
        "Seed",
        "The same seed with the same settings gives the same reply again, as far as the server can. Any whole number.",
    ),
    "reasoning_effort": Help(
        "Reasoning effort",
        "How long a reasoning model thinks before it answers. More effort: better on hard problems, slower, and the "
        "thinking is paid as output. Usual: low or medium.",
    ),
    "response_format": Help(
        "Response format",
        "text: a normal reply. json_object: the reply is one JSON object. Say “JSON” in the prompt too: many servers "
        "refuse it otherwise.",
    ),
    "context_limit": Help(
        "Context limit",
        "The most that is sent of a conversation, in tokens: its oldest messages stay behind first. The system prompt "
        "and the newest prompt are sent in any case. Unset, as much is sent as the model can read.",
    ),
    "system_prompt": Help(
        "System prompt",
        "Instructions that stand before the conversation and hold for all of it: a role, a tone, a language, rules. "
        "A few sentences are usual.",
    ),
}


def parameter_controls(
    parameters: Parameters, able: Capabilities, on_change: OnChange, prefix: str = "", lazy: bool = False
) -> None:
    """Draw all controls with the values that would be sent; what the model refuses is closed, with the reason.

    Their keys begin with `prefix`. Where many sets of them stand on one page, `lazy` draws the folded ones only once
    they are unfolded.
    """
    controls = _controls(parameters, able, on_change, prefix)
    for name in FOREMOST:
        _DRAWN[name](controls, name)
    unfolding: dict[str, Any] = {"on_change": "rerun"} if lazy else {}
    with st.expander("More parameters", key=f"{prefix}more_parameters", **unfolding) as more:
        if lazy and not more.open:
            return
        for name in _DRAWN:
            if name not in FOREMOST:
                _DRAWN[name](controls, name)


def parameter_control(name: str, parameters: Parameters, able: Capabilities, on_change: OnChange, prefix: str) -> None:
    """Draw the control of one parameter, as it is among all of them."""
    _DRAWN[name](_controls(parameters, able, on_change, prefix), name)


def _controls(parameters: Parameters, able: Capabilities, on_change: OnChange, prefix: str) -> "_Controls":
    shown, moved = effective(parameters, able)
    return _Controls(able, shown, moved, refusals(parameters, able), on_change, prefix)


@dataclass(frozen=True)
class _Controls:
    """Draws one control after another.

    Where Streamlit lets one, what is projected is the control's own default, too: a run of the page may be replaced
    before the browser has had it, and what the browser then draws at its default it tells as if somebody had set that.
    """

    able: Capabilities
    shown: Parameters
    moved: Mapping[str, str]  # why a value is not the one that was set
    refused: Mapping[str, str]  # why a control is closed
    on_change: OnChange
    prefix: str  # of the keys

    def slider(self, name: str, stops: list[float]) -> None:
        value = getattr(self.shown, name)
        shown = DEFAULT if value is None else min(stops, key=lambda stop: abs(stop - value))
        self._project(name, shown)
        common = self._common(name, _unless_default)
        with self._place(name):
            st.select_slider(options=[DEFAULT, *stops], value=shown, format_func=_stop_text, **common)

    def number(self, name: str, low: int, high: int | None) -> None:
        self._project(name, getattr(self.shown, name))
        common = self._common(name, lambda value: value)
        with self._place(name):
            st.number_input(min_value=low, max_value=high, value=None, step=1, placeholder=DEFAULT, **common)

    def choice(self, name: str, options: Sequence[str]) -> None:
        value = getattr(self.shown, name)
        self._project(name, value if value in options else None)
        common = self._common(name, lambda value: value)
        with self._place(name):
            st.selectbox(options=options, index=None, placeholder=DEFAULT, filter_mode=None, **common)

    def texts(self, name: str, most: int) -> None:
        self._project(name, [text.replace("\n", r"\n") for text in getattr(self.shown, name)])
        common = self._common(name, lambda texts: tuple(text.replace(r"\n", "\n") for text in texts))
        new = {"options": [], "accept_new_options": True, "select_all": False}
        with self._place(name):
            st.multiselect(max_selections=most, placeholder=DEFAULT, **new, **common)

    def area(self, name: str) -> None:
        shown = getattr(self.shown, name) or ""
        self._project(name, shown)
        common = self._common(name, lambda text: text if text.strip() else None)
        with self._place(name):
            st.text_area(value=shown, placeholder=DEFAULT, height=120, **common)

    def _project(self, name: str, value: Any) -> None:
        project(self.prefix + name, value)

    @contextmanager
    def _place(self, name: str) -> Iterator[None]:
        """A place of its own for a control and its reason, so that the next one stays where it is, and in focus."""
        with st.container(gap="xxsmall"):
            yield
            if reason := self.refused.get(name) or self.moved.get(name):
                st.caption(plain(reason))

    def _common(self, name: str, read: Callable[[Any], Any]) -> dict[str, Any]:
        return {
            "label": HELP[name].label,
            "key": self.prefix + name,
            "help": HELP[name].text,
            "disabled": name in self.refused,
            "on_change": lambda: self.on_change(name, read(widget(self.prefix + name))),
        }


def _stop_text(stop: float | str) -> str:
    return stop if isinstance(stop, str) else f"{stop:g}"


def _unless_default(value: float | str) -> float | None:
    return None if value == DEFAULT else value


_DRAWN: Mapping[str, Callable[[_Controls, str], None]] = {
    "temperature": lambda controls, name: controls.slider(name, _stops(0, controls.able.temperature_max, 0.05)),
    "top_p": lambda controls, name: controls.slider(name, _stops(0, 1, 0.05)),
    "max_tokens": lambda controls, name: controls.number(name, 1, controls.able.max_output_tokens),
    "stop_sequences": lambda controls, name: controls.texts(name, MOST_STOP_SEQUENCES),
    "frequency_penalty": lambda controls, name: controls.slider(name, _stops(-2, 2, 0.1)),
    "presence_penalty": lambda controls, name: controls.slider(name, _stops(-2, 2, 0.1)),
    "seed": lambda controls, name: controls.number(name, -LARGEST_SEED, LARGEST_SEED),
    "reasoning_effort": lambda controls, name: controls.choice(name, controls.able.reasoning_efforts),
    "response_format": lambda controls, name: controls.choice(name, ("text", "json_object")),
    "context_limit": lambda controls, name: controls.number(name, 1, None),
    "system_prompt": lambda controls, name: controls.area(name),
}
