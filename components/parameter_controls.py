"""The controls of the parameters. Unset reads "default" everywhere, and what is unset is not sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.session import project, widget
from llm.types import Parameters

DEFAULT = "default"
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
    "system_prompt": Help(
        "System prompt",
        "Instructions that stand before the conversation and hold for all of it: a role, a tone, a language, rules. "
        "A few sentences are usual.",
    ),
}


@st.fragment
def parameter_controls(
    parameters: Callable[[], Parameters],
    disabled: Callable[[], Mapping[str, str]],
    limits: Callable[[], "Limits"],
    on_change: OnChange,
) -> None:
    """Draw all controls; `disabled` maps a parameter that the model refuses to the reason.

    The values come as callables because a fragment runs again without the page around it.
    """
    draw = _Drawing(parameters(), disabled(), limits(), on_change)
    draw.slider("temperature", _stops(0, draw.limits.temperature_max, 0.05))
    draw.slider("top_p", _stops(0, 1, 0.05))
    draw.number("max_tokens", 1, draw.limits.max_tokens)
    with st.expander("More parameters", key="more_parameters"):
        draw.texts("stop_sequences", 4)
        draw.slider("frequency_penalty", _stops(-2, 2, 0.1))
        draw.slider("presence_penalty", _stops(-2, 2, 0.1))
        draw.number("seed", -(2**53) + 1, 2**53 - 1)
        draw.choice("reasoning_effort", draw.limits.reasoning_efforts)
        draw.choice("response_format", ("text", "json_object"))
        draw.area("system_prompt")


@dataclass(frozen=True)
class Limits:
    """How far the controls go for a model."""

    temperature_max: float
    max_tokens: int | None
    reasoning_efforts: tuple[str, ...]


@dataclass(frozen=True)
class _Drawing:
    """Draws one control after another; each shows the value that would be sent."""

    parameters: Parameters
    disabled: Mapping[str, str]
    limits: Limits
    on_change: OnChange

    def slider(self, name: str, stops: list[float]) -> None:
        value = getattr(self.parameters, name)
        project(name, DEFAULT if value is None else min(stops, key=lambda stop: abs(stop - value)))
        options = [DEFAULT, *stops]
        st.select_slider(options=options, format_func=_stop_text, **self._common(name, _unless_default))

    def number(self, name: str, low: int, high: int | None) -> None:
        project(name, getattr(self.parameters, name))
        st.number_input(
            min_value=low, max_value=high, value=None, step=1, placeholder=DEFAULT, **self._common(name, lambda v: v)
        )

    def choice(self, name: str, options: Sequence[str]) -> None:
        value = getattr(self.parameters, name)
        project(name, value if value in options else None)
        st.selectbox(
            options=options,
            index=None,
            placeholder=DEFAULT,
            filter_mode=None,
            **self._common(name, lambda v: v),
        )

    def texts(self, name: str, most: int) -> None:
        shown = [text.replace("\n", r"\n") for text in getattr(self.parameters, name)]
        project(name, shown)
        st.multiselect(
            options=shown,
            max_selections=most,
            placeholder=DEFAULT,
            accept_new_options=True,
            **self._common(name, lambda v: tuple(text.replace(r"\n", "\n") for text in v)),
        )

    def area(self, name: str) -> None:
        project(name, getattr(self.parameters, name) or "")
        st.text_area(
            placeholder=DEFAULT, height=120, max_chars=100_000, **self._common(name, lambda v: v if v.strip() else None)
        )

    def _common(self, name: str, read: Callable[[Any], Any]) -> dict[str, Any]:
        reason = self.disabled.get(name)
        return {
            "label": HELP[name].label,
            "key": name,
            "help": f"{reason}\n\n{HELP[name].text}" if reason else HELP[name].text,
            "disabled": reason is not None,
            "on_change": lambda: self.on_change(name, read(widget(name))),
        }


def _stop_text(stop: float | str) -> str:
    return stop if isinstance(stop, str) else f"{stop:g}"


def _unless_default(value: float | str) -> float | None:
    return None if value == DEFAULT else value
