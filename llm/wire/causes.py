"""What goes wrong with a request, as data: its kind, what happened, what to do; and which of them an error is.

authentication · permission · not_found · context_length · bad_request · too_large     the request
quota · rate_limit · overloaded · server · redirect                                    the server
connection · timeout                                                                   the way there
broken_off · bad_stream · incomplete · no_text · too_long                              the answer
playground                                                                             ourselves
"""

from dataclasses import dataclass
from typing import Any

NO_CREDIT = "insufficient_quota"
_TOO_LONG = ("maximum context length", "context window", "prompt is too long", "maximum number of tokens")
_ABOUT_THE_REQUEST = (400, 413, 422)  # the statuses whose words may say that it is too long


@dataclass(frozen=True, slots=True)
class Cause:
    """A kind of failure: what happened, and what to do about it."""

    kind: str
    what: str
    advice: str


_AGAIN = "Try again."
_SOON = "Try again in a moment."
_READ = "Change the setting that its words below name, then try again."
CONTEXT_LENGTH = Cause(
    "context_length", "The conversation is longer than {model} can read.", "Send less of it, or shorten the prompt."
)
QUOTA = Cause(
    "quota", "The account behind this key has no credit left.", "Add credit or use another key, then try again."
)
UNREACHABLE = Cause(
    "connection", "{name} cannot be reached.", "Check the address and that the server runs, then try again."
)
CERTIFICATE = Cause(
    "connection", "{name} cannot prove who it is.", "Check the address and this machine's clock and certificates."
)
PROXY = Cause("connection", "The proxy on the way to {name} refused.", "Check HTTPS_PROXY, then try again.")
BROKEN_CONNECTION = Cause("broken_off", "The connection to {name} broke off.", _AGAIN)
ERROR_EVENT = Cause("broken_off", "{name} broke off with an error.", _AGAIN)
NO_REPLY = Cause("bad_stream", "{name} sent something that is not a chat reply.", "Check the address, then try again.")
GARBLED = Cause("bad_stream", "{name} went on with something that is not a chat reply.", _AGAIN)
NOTHING = Cause("no_text", "{name} sent nothing that is a chat reply.", "Check the address, then try again.")
UNANNOUNCED = Cause("incomplete", "{name} ended the reply without saying that it was whole.", "Continue or try again.")
SLOW = Cause(
    "timeout",
    "{name} did not begin to answer within {seconds:g} s.",
    "Try again; a longer time can be set under Limits.",
)
SILENT = Cause(
    "timeout",
    "{name} sent nothing more for {seconds:g} s.",
    "Continue or try again; a longer time can be set under Limits.",
)
ENDLESS = Cause("too_long", "{name} sent more than {most:,} characters.", "The rest was cut.")
SERVER = Cause("server", "{name} has a problem of its own (status {status}).", _SOON)
OVERLOADED = Cause("overloaded", "{name} is overloaded (status {status}).", _SOON)
REFUSED = Cause("bad_request", "{name} did not accept the request (status {status}).", _READ)
REDIRECT = Cause(
    "redirect", "{name} sends requests on to another address.", "Put the server's own address into OPENAI_BASE_URL."
)
PLAYGROUND = Cause("playground", "Something went wrong in the playground.", _AGAIN)
_BY_STATUS = {
    401: Cause("authentication", "{name} did not accept the key.", "Check OPENAI_API_KEY, then try again."),
    402: QUOTA,
    403: Cause("permission", "{name} does not allow this key to use {model}.", "Choose another model or key."),
    404: Cause(
        "not_found",
        "{name} does not know {model}, or has no chat at this address.",
        "Choose another model, or check OPENAI_BASE_URL.",
    ),
    408: Cause("timeout", "{name} took too long (status 408).", _AGAIN),
    409: Cause("server", "{name} is busy with something else (status 409).", _SOON),
    413: Cause("too_large", "The request is too large for {name}.", "Start a new conversation or shorten the prompt."),
    429: Cause("rate_limit", "{name} asks for a pause: too many requests.", "Wait a moment, then try again."),
    503: OVERLOADED,
    504: Cause("timeout", "{name} took too long (status 504).", _AGAIN),
    529: OVERLOADED,
}
_UNBILLED = frozenset({"quota", "rate_limit", "overloaded", "server", "redirect", "connection", "playground"})
# After these no model has worked, so nothing is billed.
REFUSALS = _UNBILLED | {"authentication", "permission", "not_found", "context_length", "bad_request", "too_large"}


def cause_of(error: BaseException, arrived: int) -> Cause:
    """The cause of a raised error, after `arrived` characters of a reply."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _cause_of_status(error)
    if isinstance(error, openai.APIConnectionError):
        return _cause_on_the_way(error.__cause__)
    if isinstance(error, ValueError | RecursionError):
        return GARBLED if arrived else NO_REPLY
    return BROKEN_CONNECTION if _is_transport_error(error) else PLAYGROUND


def cause_of_event(error: Any) -> Cause:
    """The cause of an error object that came in place of, or within, a reply."""
    if is_context_length(error):
        return CONTEXT_LENGTH
    return QUOTA if has_no_credit(error) else ERROR_EVENT


def _cause_of_status(error: Any) -> Cause:
    if error.status_code in _ABOUT_THE_REQUEST and is_context_length(error.body):
        return CONTEXT_LENGTH
    if has_no_credit(error.body):
        return QUOTA
    if error.status_code < 400:
        return REDIRECT
    return _BY_STATUS.get(error.status_code, REFUSED if error.status_code < 500 else SERVER)


def _cause_on_the_way(error: BaseException | None) -> Cause:
    import ssl

    import httpx2

    if _has(error, ssl.SSLCertVerificationError):
        return CERTIFICATE
    if isinstance(error, httpx2.ProxyError):
        return PROXY
    return UNREACHABLE if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout) else BROKEN_CONNECTION


def _has(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def _inner(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    return body["error"] if isinstance(body.get("error"), dict) else body


def is_context_length(body: Any) -> bool:
    """By its code (OpenAI, vLLM), its type (llama.cpp) or its words (Anthropic, others)."""
    inner = _inner(body)
    if inner.get("code") == "context_length_exceeded" or inner.get("type") == "exceed_context_size_error":
        return True
    message = str(inner.get("message") or "").lower()
    return any(words in message for words in _TOO_LONG)


def has_no_credit(body: Any) -> bool:
    return NO_CREDIT in (_inner(body).get("code"), _inner(body).get("type"))


def _is_transport_error(error: BaseException) -> bool:
    import httpx2

    return isinstance(error, httpx2.HTTPError | OSError)
