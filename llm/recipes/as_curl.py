"""A request as a command of the shell that sends it once more."""

import json
import re
import shlex
from typing import Any

from llm.servers.connections import KEY_VARIABLE, NO_KEY, ORGANIZATION_VARIABLE, Connection

_END = "JSON"  # no line of a JSON text is this word
# What a terminal acts upon, what turns a line about, what an interactive shell replaces, what no UTF-8 has a form for:
# all of it in JSON's own way of writing.
_WRITTEN_OUT = re.compile("[!\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def as_curl(body: dict[str, Any], connection: Connection) -> str:
    """A command for sh that sends this body to this server and prints the events of its answer.

    The key is never in it: the shell puts the variable's value in its place. The body stands below the command,
    where nothing in it means anything to the shell, and may be as long as it likes.
    """
    headers = ["-H 'Content-Type: application/json'"]
    if connection.api_key != NO_KEY:
        headers.insert(0, f'-H "Authorization: Bearer ${KEY_VARIABLE}"')
    if connection.organization:
        headers.append(f'-H "OpenAI-Organization: ${ORGANIZATION_VARIABLE}"')
    address = shlex.quote(f"{connection.base_url}/chat/completions")
    command = " \\\n  ".join([f"curl -sSN {address}", *headers, f"--data-binary @- <<'{_END}'"])
    return f"{command}\n{_json(body)}\n{_END}\n"


def _json(body: dict[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, indent=2)
    return _WRITTEN_OUT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
