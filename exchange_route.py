"""Files that leave and arrive: sent while they are made, and kept on the disk while they come, whatever their size."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from exchange.reading.sources import MOST_BYTES
from llm.types import PlaygroundError
from services import services

LONGEST_NAME = 200  # characters of a file's name that are kept
EXPIRED = "This download has expired. Go back to the playground and click it again."
TOO_LARGE = f"This file is larger than {MOST_BYTES >> 30} GB."
_HEADERS = {"Cache-Control": "no-store"}


async def export_file(request: Request) -> Response:
    """Send the export of a ticket, piece by piece."""
    file = await run_in_threadpool(services().desk.file, request.path_params["ticket"])
    if file is None:
        return PlainTextResponse(EXPIRED, 404)
    named = f"attachment; filename*=UTF-8''{quote(file.name)}"
    body = iterate_in_threadpool(file.pieces)
    return StreamingResponse(body, media_type=file.media_type, headers=_HEADERS | {"Content-Disposition": named})


async def import_file(request: Request) -> Response:
    """Take a file and begin its import; what cannot be is answered with a sentence."""
    desk = services().desk
    name = os.path.basename(request.query_params.get("name", ""))[:LONGEST_NAME] or "the file"
    try:
        path = desk.place_for(request.path_params["ticket"])
    except PlaygroundError as error:
        return PlainTextResponse(str(error), 409)
    try:
        whole = await _keep(request.stream(), path)
        if whole:
            desk.begin(path, name)
            return PlainTextResponse("")
        answer = PlainTextResponse(TOO_LARGE, 413)
    except PlaygroundError as error:
        answer = PlainTextResponse(str(error), 409)
    except ClientDisconnect:
        answer = PlainTextResponse("", 400)
    except OSError:
        answer = PlainTextResponse("There is no room on the disk for this file. Free some, then try again.", 507)
    path.unlink(missing_ok=True)
    return answer


async def _keep(pieces: AsyncIterator[bytes], path: Path) -> bool:
    """Write what arrives; False if it is too much."""
    size = 0
    with path.open("wb") as file:
        async for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                return False
            await run_in_threadpool(file.write, piece)
    return True
