"""A user who types and moves a slider while a reply of 100 tokens a second arrives."""

from statistics import median

from benchmarks.bench import Bench
from benchmarks.chat import PROMPT, Chat
from benchmarks.report import Figure, Sample, Samples

CHARACTER = "a typed character to the frame that shows it"
SLIDER = "a key on a slider to the page drawn with its value"
TOKENS, RATE = 600, 100
STALL = Figure("longest stall of the reply", "ms")


def samples(bench: Bench) -> Samples:
    with bench.warm_playground() as server:
        while True:
            with bench.chat(server) as chat:
                mark = chat.prepare(TOKENS, RATE)
                chat.send()
                characters, slides = _busy(chat)
                turn = chat.finished(mark)
            yield {**_spread(CHARACTER, characters), **_spread(SLIDER, slides), STALL: turn.longest_stall}


def _busy(chat: Chat) -> tuple[list[float], list[float]]:
    """Type and slide as long as the reply arrives; the milliseconds that each took."""
    characters, slides = [], []
    box = chat.page.locator(PROMPT)
    slider = chat.page.locator(".st-key-temperature").get_by_role("slider")
    chat.page.wait_for_function("() => bench.watched.first")
    while not chat.page.evaluate("bench.watched.complete"):
        characters += [chat.timed("nextCharacter", lambda: box.press("x")) for _ in range(5)]
        slides.append(chat.timed("nextRun", lambda: slider.press("ArrowRight")))
    return _known(characters), _known(slides)


def _known(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _spread(name: str, values: list[float]) -> Sample:
    return {Figure(f"{name}, median", "ms"): median(values), Figure(f"{name}, longest", "ms"): max(values)}
