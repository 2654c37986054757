"""Connections: the servers that a model can be asked at, where their address and key come from, and what they offer."""

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from llm.servers.addresses import OPENAI_URL, clean_base_url, clean_key, is_loopback, proxy_for
from llm.servers.secrets import hide
from llm.types import PlaygroundError

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from openai import AsyncOpenAI

KEY_VARIABLE, ORGANIZATION_VARIABLE = "OPENAI_API_KEY", "OPENAI_ORG_ID"
NO_KEY = "no-key-needed"  # servers without keys are asked with this one, because the SDK insists on some key
CONNECT_SECONDS = 5.0
READ_SECONDS = 600.0  # a last resort: whoever asks has shorter limits of his own
MODELS_SECONDS = 5.0
MOST_MODELS = 2_000
MOST_REQUESTS = 1_000  # to one server at once


@dataclass(frozen=True, slots=True)
class Connection:
    """A server to talk to. `base_url` ends without a slash; neither the key nor the proxy's password is in a repr."""

    name: str
    base_url: str
    api_key: str = field(repr=False)
    organization: str | None = None
    built_in: bool = False
    proxy: str | None = field(default=None, repr=False)


class Environment:
    """The process's variables over those of a `.env` file, which is read again when it has changed."""

    def __init__(self, dotenv_path: Path) -> None:
        self._path = dotenv_path
        self._read: tuple[object, dict[str, str]] = (None, {})

    def values(self) -> dict[str, str]:
        """All variables by name; PlaygroundError if the file is there but cannot be read."""
        stamp = self._stamp()
        if stamp != self._read[0]:
            self._read = (stamp, self._dotenv() if stamp else {})
        return {**self._read[1], **os.environ}

    def _stamp(self) -> object:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _dotenv(self) -> dict[str, str]:
        from dotenv import dotenv_values

        try:  # utf-8-sig: Windows editors begin a file with a byte order mark
            found = dotenv_values(self._path, interpolate=False, encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise PlaygroundError(f"The file {self._path.name} cannot be read; save it as UTF-8 text.") from None
        return {name: value for name, value in found.items() if value is not None}


def environment_connection(values: Mapping[str, str]) -> Connection | None:
    """The connection that OPENAI_API_KEY or OPENAI_BASE_URL describe, None if neither is set.

    A key alone is OpenAI's own; an address alone is a server that needs none. OPENAI_ORG_ID and the proxy go along.
    """
    key = clean_key(values.get(KEY_VARIABLE))
    address = values.get("OPENAI_BASE_URL", "").strip()
    if key is None and not address:
        return None
    base_url = clean_base_url(address or OPENAI_URL)
    host = urlsplit(base_url).netloc
    return Connection(
        name="OpenAI" if host == urlsplit(OPENAI_URL).netloc else host,
        base_url=base_url,
        api_key=key or NO_KEY,
        organization=clean_key(values.get(ORGANIZATION_VARIABLE), ORGANIZATION_VARIABLE),
        proxy=proxy_for(base_url, values),
    )


def make_client(connection: Connection) -> "AsyncOpenAI":
    """A client that speaks to this connection only, with nothing but what the connection holds.

    No retries (they would be neither seen nor stopped), no redirects (they would carry the prompt elsewhere), and
    proxies for other machines only. To be closed by its owner, on the event loop that used it. PlaygroundError if
    the proxy is none that can be used.
    """
    from openai import AsyncOpenAI

    client = AsyncOpenAI(
        api_key=connection.api_key,
        base_url=connection.base_url,
        max_retries=0,
        http_client=_http_client(connection),
    )
    # The SDK fills every gap from the environment: what was meant for OpenAI would reach any other server. It takes
    # None for a gap, and its custom headers (an Authorization among them) can be undone at this private name only.
    client.organization = connection.organization
    client.project = client.admin_api_key = client.webhook_secret = None
    client._custom_headers = {}
    return client


def _http_client(connection: Connection) -> "AsyncClient":
    from httpx2 import InvalidURL, Limits
    from openai import DefaultAsyncHttpx2Client, Timeout

    from llm.servers.bounded import bound

    here = is_loopback(connection.base_url)
    try:
        return DefaultAsyncHttpx2Client(
            timeout=Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            event_hooks={"response": [bound]},
            follow_redirects=False,
            proxy=connection.proxy,
            trust_env=not here,  # a proxy of the system's settings, certificates
            # A way to this machine costs nothing, and one that was kept may just be closing: llama.cpp closes each
            # after its reply without having said so, and one request in eight that followed at once met that.
            limits=Limits(max_connections=MOST_REQUESTS, max_keepalive_connections=0 if here else MOST_REQUESTS),
        )
    except (InvalidURL, ValueError, ImportError):  # ImportError: a SOCKS proxy
        raise PlaygroundError("The proxy that is set cannot be used; give HTTPS_PROXY an http:// address.") from None


async def list_models(client: "AsyncOpenAI") -> list[str]:
    """The chat models that the server lists at GET /models, in natural order, at most `MOST_MODELS` of its first.

    PlaygroundError within `MODELS_SECONDS` if there is no server, no access or no such list.
    """
    from llm.models.capabilities import is_chat_model

    names = _model_names(await _ask_for_models(client))
    if names is None:
        raise PlaygroundError(_no_list(client))
    chat_models = [n for n in dict.fromkeys(names) if is_chat_model(n) and n == hide(n, client.api_key)]
    return sorted(chat_models[:MOST_MODELS], key=_natural)


async def _ask_for_models(client: "AsyncOpenAI") -> object:
    import openai

    base_url = str(client.base_url).rstrip("/")
    try:
        async with asyncio.timeout(MODELS_SECONDS):
            return await client.get("/models", cast_to=object)
    except (openai.AuthenticationError, openai.PermissionDeniedError):
        raise PlaygroundError(f"{client.base_url.host} refused the key; check OPENAI_API_KEY.") from None
    except (openai.APIConnectionError, TimeoutError):
        raise PlaygroundError(f"No server answers at {base_url}; start it or correct OPENAI_BASE_URL.") from None
    except (openai.APIError, ValueError):
        raise PlaygroundError(_no_list(client)) from None


def _no_list(client: "AsyncOpenAI") -> str:
    return f"{client.base_url.host} does not list its models; type a name."


def _model_names(body: object) -> list[str] | None:
    entries = body.get("data") if isinstance(body, dict) else body  # some servers answer with the bare list
    if not isinstance(entries, list):
        return None
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    return [name for name in names if isinstance(name, str) and name]


def _natural(name: str) -> list[str | int]:
    pieces = re.split(r"(\d{1,18})", name.casefold())  # bounded, because int() refuses thousands of digits
    return [int(piece) if index % 2 else piece for index, piece in enumerate(pieces)]


def warm() -> None:
    """Import what the first request would otherwise wait a second for."""
    import openai.resources.chat.chat  # noqa: F401
