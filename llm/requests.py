"""The request exactly as it leaves: a wire body, and what can be kept of it."""

import hashlib
import json
from typing import Any

from llm.capabilities import Capabilities, effective
from llm.context import Context
from llm.types import Parameters, Sent, Settings

_WIRE_NAMES = {"stop_sequences": "stop"}


def wire_body(settings: Settings, context: Context, capabilities: Capabilities) -> dict[str, Any]:
    """The JSON body of a chat completion request: only what is set and what the model accepts."""
    allowed, _ = effective(settings.parameters, capabilities)
    return {
        "model": settings.model,
        "messages": [{"role": m.role, "content": m.content} for m in context.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        **_wire_parameters(allowed, capabilities.max_tokens_name),
    }


def sent(body: dict[str, Any], settings: Settings, context: Context, capabilities: Capabilities) -> Sent:
    """What is recorded of a request: all of it but the messages, which are stored once and named by id."""
    _, reasons = effective(settings.parameters, capabilities)
    rest = {name: value for name, value in body.items() if name != "messages"}
    return Sent(rest, context.message_ids, request_hash(body), tuple(reasons.items()))


def request_hash(body: dict[str, Any]) -> str:
    """SHA-256 (hex) of the body's canonical JSON: sorted names, no spaces, UTF-8."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _wire_parameters(parameters: Parameters, max_tokens_name: str) -> dict[str, Any]:
    names = _WIRE_NAMES | {"max_tokens": max_tokens_name}
    chosen = parameters.chosen()
    chosen.pop("system_prompt", None)
    body = {names.get(name, name): value for name, value in chosen.items()}
    if "stop" in body:
        body["stop"] = list(body["stop"])
    if "response_format" in body:
        body["response_format"] = {"type": body["response_format"]}
    return body
