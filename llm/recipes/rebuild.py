"""A recorded request made again, exactly: from what was kept of its body and from the messages that went with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llm.types import Message, Parameters, Sent
from llm.wire.requests import full_body, request_hash


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A wire body; `missing` are the ids of messages that went and are not stored any more.

    `exact` says that this is the request that left: the digest, which was taken then, is the same.
    """

    body: dict[str, Any]
    missing: tuple[int, ...]
    exact: bool


def rebuild(sent: Sent, parameters: Parameters, messages: Mapping[int, Message]) -> Rebuilt:
    """The request as it left.

    `parameters` are those that were set, `messages` those that went, by id, each as it stood when the request left.
    """
    prompt = None if "system_prompt" in dict(sent.dropped) else parameters.system_prompt
    system = [Message("system", prompt)] if prompt else []
    said = [messages[id_] for id_ in sent.message_ids if id_ in messages]
    asked = [Message("user", sent.continuation)] if sent.continuation else []
    body = full_body(sent.body, [*system, *said, *asked])
    missing = tuple(id_ for id_ in sent.message_ids if id_ not in messages)
    return Rebuilt(body, missing, request_hash(body) == sent.request_hash)
