"""The request exactly as it leaves: a wire body, and what can be kept of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from llm.models.capabilities import Capabilities, capabilities, effective
from llm.models.tokens import Tokenizer, tokenizer_for
from llm.servers.connections import Connection
from llm.types import Message, Parameters, Sent, Settings
from llm.wire.context import Context, History, Room, fit

_WIRE_NAMES = {"stop_sequences": "stop"}
_LENGTHS = ("max_tokens", "max_completion_tokens")
GO_ON = "Go on exactly where your last message ends. Repeat nothing, and say nothing about this request."
SHAPING = ("system_prompt", "context_limit")  # they shape the messages


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that is ready to leave, and what is kept of it."""

    body: dict[str, Any]
    sent: Sent
    tokenizer: Tokenizer
    context: Context
    able: Capabilities


def prepare(history: History, settings: Settings, connection: Connection) -> Prepared:
    """The request for a history: what fits, what is set, and what the model accepts.

    A history that ends with a prompt asks for a reply. One that ends with a reply asks for the rest of it: the model
    goes on by itself where its server supports that, else the words `GO_ON` ask for it.
    """
    able = capabilities(settings.model, connection.base_url, connection.built_in)
    allowed, held_back = effective(settings.parameters, able)
    context = context_of(history, settings, connection)
    tokenizer = tokenizer_for(settings.model, connection.built_in)
    continuation = None
    if context.messages[-1].role == "assistant":
        continuation = "" if able.prefill else GO_ON
        context = _followed_by(continuation, context, tokenizer)
    rest = {
        "model": settings.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        **_wire_parameters(allowed, able.max_tokens_name),
    }
    body = full_body(rest, context.messages)
    sent = Sent(rest, context.message_ids, request_hash(body), tuple(held_back.items()), continuation)
    return Prepared(body, sent, tokenizer, context, able)


def _followed_by(words: str, context: Context, tokenizer: Tokenizer) -> Context:
    if not words:
        return context
    message = Message("user", words)
    messages = (*context.messages, message)
    return replace(context, messages=messages, tokens=context.tokens + tokenizer.count_message(message))


def context_of(history: History, settings: Settings, connection: Connection) -> Context:
    """The messages of a history that go to the model with these settings."""
    able = capabilities(settings.model, connection.base_url, connection.built_in)
    allowed, _ = effective(settings.parameters, able)
    tokenizer = tokenizer_for(settings.model, connection.built_in)
    room = Room(able.context_window, allowed.max_tokens, allowed.context_limit)
    return fit(history, allowed.system_prompt, room, tokenizer)


def full_body(rest: dict[str, Any], messages: Sequence[Message]) -> dict[str, Any]:
    """A body with its messages."""
    return rest | {"messages": [{"role": m.role, "content": m.content} for m in messages]}


def sent_parameters(body: dict[str, Any]) -> dict[str, Any]:
    """What a body sets, by our own names; the model is one of them. A body may come from a file, with odd values."""
    ours = {wire: name for name, wire in _WIRE_NAMES.items()} | dict.fromkeys(_LENGTHS, "max_tokens")
    found = {ours.get(wire, wire): value for wire, value in body.items()}
    if isinstance(texts := found.get("stop_sequences"), list):
        found["stop_sequences"] = tuple(texts)
    if isinstance(written := found.get("response_format"), dict):
        found["response_format"] = written.get("type")
    return found


def request_hash(body: dict[str, Any]) -> str:
    """The digest of the body's canonical JSON."""
    return digest(canonical(body))


def canonical(body: dict[str, Any]) -> str:
    """A body as JSON in one way only: sorted names, no spaces."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _wire_parameters(parameters: Parameters, max_tokens_name: str) -> dict[str, Any]:
    names = _WIRE_NAMES | {"max_tokens": max_tokens_name}
    chosen = parameters.chosen()
    for name in SHAPING:
        chosen.pop(name, None)
    body = {names.get(name, name): value for name, value in chosen.items()}
    if "stop" in body:
        body["stop"] = list(body["stop"])
    if "response_format" in body:
        body["response_format"] = {"type": body["response_format"]}
    return body
