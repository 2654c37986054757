"""Asking a server until it begins to answer: each failed attempt is said, waited for and counted."""

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from llm.types import Timeouts
from llm.wire.causes import UNREACHABLE, cause_of, has_no_credit
from llm.wire.completions import Completion

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MOST_ATTEMPTS = 3
LONGEST_DELAY = 120.0  # seconds; a longer one that the server asks for is shown, not waited for
FIRST_DELAY, LONGEST_BACKOFF = 1.0, 8.0  # seconds, where the server names no delay
# Refused before any model worked, and likely to be over soon: a repetition cannot be billed twice.
PASSING = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


class Silence(Exception):
    """The server took the request and then sent no content for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Attempts:
    """One request, sent again while the server refuses it for a passing reason; iterate it once.

    Yields what `Completion` yields. `completion` is the last attempt, `requests` how many there were, `refusal` why
    the last one was refused while the next one is waited for. Raises what the last attempt raised, or Silence.
    `say` is told, once a second, why it waits, how long, and for which attempt.
    """

    def __init__(
        self,
        client: "AsyncOpenAI",
        body: dict[str, Any],
        timeouts: Timeouts,
        say: Callable[[Exception, int, int], None],
    ) -> None:
        self._client, self._body, self._timeouts, self._say = client, body, timeouts, say
        self.completion = Completion(client, body, timeouts.connect)
        self.requests = 0
        self.refusal: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[tuple[str, str]]:
        while True:
            self.requests += 1
            try:
                async with aclosing(self._patiently(self.completion)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except Exception as error:
                delay = retry_delay(error, self.requests)
                if self.completion.accepted or self.requests == MOST_ATTEMPTS or delay is None:
                    raise
                self.refusal = error
            await self._wait(delay)
            self.refusal = None
            self.completion = Completion(self._client, self._body, self._timeouts.connect)

    async def _patiently(self, completion: Completion) -> AsyncIterator[tuple[str, str]]:
        """Silence is counted on content: comments keep a connection open, but nobody waiting."""
        limit = self._timeouts.first_byte
        async with aclosing(aiter(completion)) as pieces:
            while True:
                try:
                    async with asyncio.timeout(limit):
                        piece = await anext(pieces, None)
                except TimeoutError:
                    raise Silence(limit) from None
                if piece is None:
                    return
                yield piece
                limit = self._timeouts.idle

    async def _wait(self, delay: float) -> None:
        until = time.monotonic() + delay
        while (left := until - time.monotonic()) > 0:
            self._say(self.refusal, math.ceil(left), self.requests + 1)
            await asyncio.sleep(left % 1 or 1)
        self._say(self.refusal, 0, self.requests + 1)


def retry_delay(error: Exception, attempt: int) -> float | None:
    """Seconds to wait before the next attempt; None if there should be none.

    The server's own word counts (retry-after-ms, retry-after), else the delay doubles from attempt to attempt, with a
    quarter of chance in it so that many who wait do not return at once.
    """
    import openai

    if isinstance(error, openai.APIConnectionError):
        return _backoff(attempt) if cause_of(error, 0) is UNREACHABLE else None
    if not isinstance(error, openai.APIStatusError) or error.status_code not in PASSING:
        return None
    if has_no_credit(error.body):
        return None
    asked = asked_delay(error)
    if asked is None:
        return _backoff(attempt)
    return asked if asked <= LONGEST_DELAY else None


def asked_delay(error: Exception) -> float | None:
    """Seconds that the server asks to wait, from its headers; None if it says nothing that makes sense."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    milliseconds = _number(response.headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    after = response.headers.get("retry-after")
    seconds = _number(after)
    return seconds if seconds is not None else _seconds_until(after)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _seconds_until(date: str | None) -> float | None:
    """The other form of retry-after: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after"""
    try:
        moment = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _backoff(attempt: int) -> float:
    return min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_BACKOFF) * random.uniform(0.75, 1.0)
