"""Eight columns that stream at once, 50 tokens a second each: how evenly they grow, and how soon one can be stopped."""

import secrets
from itertools import pairwise

from benchmarks.bench import Bench
from benchmarks.chat import Chat, Cpu, now
from benchmarks.mock_server import Order
from benchmarks.report import Figure, Sample, Samples

COLUMNS, TOKENS, RATE, STOPPED = 8, 400, 50, 3
ALL = Figure("eight columns: Enter to the first word in all", "ms")
STALL = Figure("eight columns at 50 tokens/s: longest stall of any", "ms")
STOP = Figure("eight columns: a click on Stop to Stopped in its column", "ms", 500)
BROWSER = Figure("eight columns, 8 s of text: browser CPU", "s")
SERVER = Figure("eight columns, 8 s of text: server CPU", "s")


def samples(bench: Bench) -> Samples:
    with bench.warm_playground() as server:
        while True:
            with bench.chat(server) as chat:
                yield compared(chat, COLUMNS, TOKENS)


def _add_columns(chat: Chat, columns: int) -> None:
    chat.page.goto(f"{chat.address}/compare")
    for column in range(2, columns):
        chat.page.locator(".st-key-add_column button").click()
        chat.page.locator(f".st-key-edited_{column}").wait_for()
    chat.load()


def compared(chat: Chat, columns: int, tokens: int) -> Sample:
    """The figures of one comparison: one of its columns is stopped, the others go on."""
    _add_columns(chat, columns)
    order = Order(secrets.token_hex(4), tokens, RATE, False)
    with chat.cpu() as cpu:
        chat.page.evaluate("count => bench.watchColumns(count)", columns)
        box = chat.page.locator(".st-key-compare_prompt textarea")
        box.fill(order.prompt)
        sent = now()
        box.press("Enter")
        grown = chat.page.evaluate("word => bench.columnsWith(word)", f"BEGIN{order.mark}")
        clicked = now()
        chat.page.locator(f".st-key-stop_{STOPPED} button").click()
        chat.page.locator(f".st-key-reply_0_{STOPPED}").get_by_text("Stopped").first.wait_for()
        stopped = now() - clicked
        chat.rest()
        times = chat.page.evaluate("bench.columns")
    return {ALL: grown - sent, STALL: _longest(times), STOP: stopped} | _spent(cpu)


def _longest(times: list[list[float]]) -> float:
    """Milliseconds between two growths of a column that was not stopped."""
    whole = [each for column, each in enumerate(times) if column != STOPPED]
    return max(late - early for each in whole for early, late in pairwise(each))


def _spent(cpu: Cpu) -> Sample:
    return {BROWSER: cpu.browser, SERVER: cpu.server}
