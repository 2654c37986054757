"""What went wrong with a request, said in one sentence that tells the user what to do next."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from llm.servers.connections import Connection
from llm.servers.secrets import hide
from llm.types import Failure, PlaygroundError, Settings
from llm.wire import causes
from llm.wire.attempts import LONGEST_DELAY, MOST_ATTEMPTS, Silence, asked_delay
from llm.wire.causes import Cause, cause_of, cause_of_event

LONGEST_TOLD = 86_400.0  # seconds that a server asks to wait, told to the minute
DEEPEST = 8  # objects within each other in which the words of an error are looked for
DETAIL_LIMIT = 2_000  # characters of the server's own words that are kept


def failure_from(error: BaseException, connection: Connection | None, settings: Settings, arrived: int) -> Failure:
    """The failure that a raised error stands for, after `arrived` characters; the key never appears in it."""
    if isinstance(error, PlaygroundError):
        return Failure("playground", str(error))
    if isinstance(error, Silence):
        cause = causes.SILENT if arrived else causes.SLOW
        return _failure(cause, "", connection, settings, seconds=error.seconds)
    cause = cause_of(error, arrived)
    if cause is causes.PLAYGROUND:
        logging.getLogger("playground").error("A reply broke off at an unforeseen %s.", type(error).__name__)
        return unforeseen(error)
    words = _words(getattr(error, "body", None))
    delay = asked_delay(error)
    if delay and delay > LONGEST_DELAY:
        cause = replace(cause, advice=f"It asks to wait {_duration(delay)}.")
    return _failure(cause, words, connection, settings, status=getattr(error, "status_code", ""))


def unforeseen(error: BaseException) -> Failure:
    """The failure that stands for a fault of our own."""
    return Failure(causes.PLAYGROUND.kind, f"{causes.PLAYGROUND.what} {causes.PLAYGROUND.advice}", type(error).__name__)


def retry_line(error: Exception, seconds: int, attempt: int, connection: Connection, settings: Settings) -> str:
    """What a reply says while it waits for its next attempt."""
    when = f"in {seconds} s" if seconds else "now"
    again = f"Trying again {when} (attempt {attempt} of {MOST_ATTEMPTS})."
    cause = replace(cause_of(error, 0), advice=again)
    return _failure(cause, "", connection, settings, status=getattr(error, "status_code", "")).sentence


def event_failure(error: Any, connection: Connection, settings: Settings) -> Failure:
    """The failure that an `error` object inside a stream stands for."""
    return _failure(cause_of_event(error), _words(error), connection, settings)


def unannounced_end(connection: Connection, settings: Settings, arrived: int) -> Failure:
    """The failure of a stream that ended without saying that the reply was whole, after `arrived` characters."""
    return _failure(causes.UNANNOUNCED if arrived else causes.NOTHING, "", connection, settings)


def endless(connection: Connection, settings: Settings, most: int) -> Failure:
    """The failure of a reply that was cut because it had more than `most` characters."""
    return _failure(causes.ENDLESS, "", connection, settings, most=most)


def _failure(cause: Cause, detail: str, connection: Connection | None, settings: Settings, **more: Any) -> Failure:
    name = connection.name if connection else settings.connection
    sentence = f"{cause.what} {cause.advice}".format(name=name, model=settings.model, **more)
    words = hide(detail, connection.api_key)[:DETAIL_LIMIT] if connection else ""
    return Failure(cause.kind, sentence, words)


def _duration(seconds: float) -> str:
    if seconds > LONGEST_TOLD:
        return "more than a day"
    moment = datetime.now() + timedelta(seconds=seconds)
    minutes = round(seconds / 60)
    length = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    return f"{length}: try again after {moment:%H:%M}"


def _words(body: Any) -> str:
    """The server's own words, wherever in its error body they stand."""
    for _ in range(DEEPEST):
        if not isinstance(body, dict):
            break
        body = next(
            (body[field] for field in ("message", "detail", "error") if body.get(field)),
            json.dumps(body, ensure_ascii=False),
        )
    return "" if body is None else str(body)
