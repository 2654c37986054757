"""What went wrong with a request, said in one sentence that tells the user what to do next.

authentication · permission · not_found · context_length · bad_request · too_large     the request
quota · rate_limit · server                                                            the server
connection · timeout                                                                   the way there
bad_stream · incomplete · no_text                                                      the answer
playground                                                                             ourselves
"""

import json
import logging
from typing import Any

from llm.connections import Connection
from llm.types import Failure, PlaygroundError, Settings

DETAIL_LIMIT = 2_000  # characters of the server's own words that are kept
KEY_MARK = "[key]"
_REQUEST_KINDS = {"authentication", "permission", "not_found", "context_length", "bad_request", "too_large"}
# After these no model has worked, so nothing is billed.
REFUSALS = frozenset(_REQUEST_KINDS | {"quota", "rate_limit", "connection", "playground"})

_BY_STATUS = {
    400: ("bad_request", "{name} did not accept the request. Read its words below, change the setting and try again."),
    401: ("authentication", "{name} did not accept the key. Check OPENAI_API_KEY, then try again."),
    403: ("permission", "{name} does not allow this key to use {model}. Choose another model or key."),
    404: ("not_found", "{name} does not know {model} or has no chat at this address. Choose another model."),
    408: ("timeout", "{name} took too long. Try again."),
    413: ("too_large", "The conversation is too large for {name}. Start a new one or shorten the prompt."),
    422: ("bad_request", "{name} did not accept the request. Read its words below, change the setting and try again."),
    429: ("rate_limit", "{name} asks for a pause: too many requests. Wait a moment, then try again."),
}
_CONTEXT_LENGTH = "The conversation is longer than {model} can read. Start a new one or shorten the prompt."
_QUOTA = "The account behind this key has no credit left. Add credit or use another key, then try again."
_SERVER = "{name} has a problem of its own (status {status}). Try again in a moment."


def failure_from(error: BaseException, connection: Connection | None, settings: Settings) -> Failure:
    """The failure that a raised error stands for; the key never appears in it."""
    return _failure(*_explain(error), connection, settings, status=getattr(error, "status_code", ""))


def event_failure(error: Any, connection: Connection, settings: Settings) -> Failure:
    """The failure that an `error` object inside a stream stands for."""
    if _is_context_length(error):
        return _failure("context_length", _CONTEXT_LENGTH, _words(error), connection, settings)
    return _failure("server", "{name} broke off with an error. Try again.", _words(error), connection, settings)


def unannounced_end(connection: Connection, settings: Settings, arrived: int) -> Failure:
    """The failure of a stream that ended without saying that the reply was whole, after `arrived` characters."""
    sentence = "{name} ended the reply without saying that it was whole. Try again."
    if not arrived:
        sentence = "{name} sent nothing that is a chat reply. Check the address, then try again."
    return _failure("incomplete" if arrived else "no_text", sentence, "", connection, settings)


def _failure(
    kind: str, sentence: str, detail: str, connection: Connection | None, settings: Settings, status: Any = ""
) -> Failure:
    name = connection.name if connection else settings.connection
    words = hide_key(detail, connection.api_key)[:DETAIL_LIMIT] if connection else ""
    return Failure(kind, sentence.format(name=name, model=settings.model, status=status), words)


def hide_key(text: str, key: str) -> str:
    """The text with a marker where the key stood."""
    return text.replace(key, KEY_MARK) if len(key) > 3 else text


def _explain(error: BaseException) -> tuple[str, str, str]:
    import openai

    if isinstance(error, PlaygroundError):
        return "playground", str(error).replace("{", "{{").replace("}", "}}"), ""
    if isinstance(error, openai.APIStatusError):
        return _explain_status(error)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return "timeout", "{name} did not answer in time. Try again.", ""
    if isinstance(error, openai.APIConnectionError):
        return "connection", "{name} cannot be reached. Check the address and that the server runs, then try again.", ""
    if isinstance(error, ValueError):
        return "bad_stream", "{name} sent something that is not a chat reply. Check the address, then try again.", ""
    if _is_transport_error(error):
        return "connection", "The connection to {name} broke off. Try again.", ""
    logging.getLogger("playground").error("A reply broke off at an unforeseen %s.", type(error).__name__)
    return "playground", "Something went wrong in the playground. Try again.", type(error).__name__


def _explain_status(error: Any) -> tuple[str, str, str]:
    words = _words(error.body)
    if _is_context_length(error.body):
        return "context_length", _CONTEXT_LENGTH, words
    if "insufficient_quota" in (error.code, error.type):
        return "quota", _QUOTA, words
    kind, sentence = _BY_STATUS.get(error.status_code, ("server", _SERVER))
    return kind, sentence, words


def _is_context_length(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    inner = body["error"] if isinstance(body.get("error"), dict) else body
    return inner.get("code") == "context_length_exceeded" or inner.get("type") == "exceed_context_size_error"


def _words(body: Any) -> str:
    """The server's own words, wherever in its error body they stand."""
    if isinstance(body, dict):
        for field in ("message", "detail", "error"):
            if body.get(field):
                return _words(body[field])
        return json.dumps(body, ensure_ascii=False)
    return "" if body is None else str(body)


def _is_transport_error(error: BaseException) -> bool:
    import httpx2

    return isinstance(error, httpx2.HTTPError | OSError)
