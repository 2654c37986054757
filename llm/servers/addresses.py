"""Keys, addresses and proxies as people write them into variables: what is accepted, and how it is put."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from llm.types import PlaygroundError

OPENAI_URL = "https://api.openai.com/v1"


def clean_key(raw: str | None, variable: str = "OPENAI_API_KEY") -> str | None:
    """The key without the white space around it; None if nothing is left.

    A key travels in an HTTP header, so anything but visible ASCII inside it is a PlaygroundError, which names the
    variable and never shows the key.
    """
    key = (raw or "").strip()
    if any(character.isspace() for character in key):
        raise PlaygroundError(f"{variable} has white space inside it; copy the key again.")
    if not all("!" <= character <= "~" for character in key):
        raise PlaygroundError(f"{variable} has a character that no key can have; copy the key again.")
    return key or None


def clean_base_url(raw: str, variable: str = "OPENAI_BASE_URL") -> str:
    """The address without a slash at its end; PlaygroundError unless it is a plain http(s) address.

    Keys belong in their own variable: an address with a user, a query or a fragment is refused and not repeated.
    """
    parts = _split(raw.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise PlaygroundError(f"{variable} must be an address such as {OPENAI_URL} or http://localhost:11434/v1.")
    if "@" in parts.netloc:
        raise PlaygroundError(f"{variable} must not contain a user or password; put the key into OPENAI_API_KEY.")
    if parts.query or parts.fragment:
        raise PlaygroundError(f"{variable} must end before any ? or #; give only the address of the server.")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def proxy_for(base_url: str, values: Mapping[str, str]) -> str | None:
    """The proxy on the way to this server by HTTP_PROXY or HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case.

    None where no proxy is wanted, and always for this machine itself.
    """
    from urllib.request import proxy_bypass_environment

    def value(name: str) -> str:
        return (values.get(name) or values.get(name.upper()) or "").strip()

    parts = urlsplit(base_url)
    proxy = value(f"{parts.scheme}_proxy") or value("all_proxy")
    if not proxy or is_loopback(base_url) or proxy_bypass_environment(parts.netloc, {"no": value("no_proxy")}):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def is_loopback(base_url: str) -> bool:
    """Whether the server is on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _split(address: str) -> SplitResult | None:
    # urlsplit drops tabs and line ends, and a backslash ends the host for some readers but not for others
    if "\\" in address or any(c.isspace() or not c.isprintable() for c in address):
        return None
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 else None
    except ValueError:
        return None
