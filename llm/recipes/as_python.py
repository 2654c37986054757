"""A request as a Python program that sends it once more."""

from typing import Any

from llm.servers.connections import KEY_VARIABLE, NO_KEY, ORGANIZATION_VARIABLE, Connection

# What the package's method takes by name; whatever else stands in a body goes along as it is.
_NAMED = (
    "model",
    "messages",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "reasoning_effort",
    "response_format",
)
_PROGRAM = """\
# pip install openai
{imports}from openai import OpenAI

client = OpenAI(
{client})
stream = client.chat.completions.create(
{request})
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
print()
"""


def as_python(body: dict[str, Any], connection: Connection) -> str:
    """A program that sends this body to this server with the `openai` package, and prints the reply as it streams.

    The key is never in it: it is read from the environment when the program runs.
    """
    named = {name: body[name] for name in _NAMED if name in body}
    extra = {name: value for name, value in body.items() if name not in named}
    request = "".join(_argument(name, value) for name, value in named.items())
    if extra:
        request += f"    extra_body={extra!r},\n"
    client = _client(connection)
    return _PROGRAM.format(imports="import os\n\n" if "os.environ" in client else "", client=client, request=request)


def _client(connection: Connection) -> str:
    lines = [f"base_url={connection.base_url!r}", f"api_key={_key(connection)}"]
    if connection.organization:
        lines.append(f'organization=os.environ["{ORGANIZATION_VARIABLE}"]')
    return "".join(f"    {line},\n" for line in lines)


def _key(connection: Connection) -> str:
    return repr(NO_KEY) if connection.api_key == NO_KEY else f'os.environ["{KEY_VARIABLE}"]'


def _argument(name: str, value: Any) -> str:
    if name != "messages":
        return f"    {name}={value!r},\n"
    lines = "".join(f"        {message!r},\n" for message in value)
    return f"    messages=[\n{lines}    ],\n"
