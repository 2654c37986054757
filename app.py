"""The ASGI app: the main script, the routes beside it, and what guards them all.

Runs with `streamlit run app.py` and, from this folder, with `uvicorn app:app`.
"""

import base64
import hashlib
import logging
import os
import re
import signal
import socket
import stat
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import services
from components.text.model_text import plain
from exchange_route import export_file, import_file
from live_route import end_streams, live_events, turn_events
from llm.types import PlaygroundError

# Seconds that a thread may compute while others wait, a tenth of Python's own: the thread that draws a page would keep
# waiting the one that brings the first words of the reply.
SWITCH = 0.0005
MAIN_SCRIPT = Path(__file__).parent / "components" / "navigation.py"
HOSTS = ["localhost", "127.0.0.1", *(st.get_option("server.allowedHosts") or [])]


def inline_script_hashes() -> str:
    """What allows exactly the scripts that stand inside Streamlit's own page."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


HEADERS = {
    # Nothing is fetched from elsewhere, whatever a model writes. Streamlit's components are modules made of blobs,
    # its styles stand in the page, its fonts and icons come from this server.
    "Content-Security-Policy": f"default-src 'none'; script-src 'self' blob: {inline_script_hashes()}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


class Guard:
    """Refuses HTTP requests that a page of another host makes, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # Streamlit checks the origin of its WebSocket itself
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        origin = Headers(scope=scope).get("origin")
        refused = origin is not None and urlsplit(origin).hostname not in HOSTS
        app = PlainTextResponse("This page may not use the playground.", 403) if refused else self._app
        await app(scope, receive, send_guarded)


async def healthz(_: Request) -> JSONResponse:
    """Say that the server answers."""
    return JSONResponse({"status": "ok"})


def end_streams_on_signals() -> None:
    """Have the signals that end the server end the open streams first: it would wait for them, and they for the
    replies, which only the end of the server stops. The server's own handlers stand by now, and follow."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ending_streams(signal.getsignal(number)))


def _ending_streams(following: Any) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        end_streams()
        if callable(following):
            following(number, frame)

    return handle


def send_at_once() -> None:
    """Have the connections to come send each thing when it is said, not together with the next.

    asyncio asks for that only where it has opened the socket itself; on Streamlit's, whatever followed a first piece
    (the body after its headers, an event after an event) waited 40 ms for that to be acknowledged.
    """
    for name in os.listdir("/dev/fd") if os.path.isdir("/dev/fd") else ():
        with suppress(OSError):  # what is no socket, or closed by now
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Load in the background what the first turn needs; at the end, keep what still streams."""
    sys.setswitchinterval(SWITCH)
    send_at_once()
    end_streams_on_signals()
    services.warm()
    yield
    services.close()


def say_error(error: Exception) -> bool:
    """Show what a page or a callback raised as one sentence; what nobody foresaw goes to the log, too."""
    if isinstance(error, PlaygroundError):
        st.error(plain(str(error)))
    else:
        logging.getLogger("playground").error("A page broke off.", exc_info=error)
        st.error("Something went wrong in the playground. Reload the page; your messages are kept.")
    return True


app = st.App(
    MAIN_SCRIPT,
    routes=[
        Route("/live/{ids}", live_events),
        Route("/turn/{turn}", turn_events),
        Route("/export/{ticket}", export_file),
        Route("/import/{ticket}", import_file, methods=["PUT"]),
        Route("/healthz", healthz),
    ],
    middleware=[Middleware(Guard), Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)],
    lifespan=lifespan,
    on_script_error=say_error,
)
