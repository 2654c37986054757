"""The key is nowhere but in the request: no file, no log, no page, no frame, no address has it in any form."""

import base64
import json
from urllib.parse import quote

from playwright.sync_api import expect

from llm.servers.secrets import MARK
from tests.e2e.conftest import Server, choose_model, messages, send, settled, watched_page
from tests.upstream import MODELS, Answer

KEY = "sk-proj-9xQ7Zr4tW2mB8vN"
FORMS = {KEY, quote(KEY), json.dumps(KEY)[1:-1], base64.b64encode(KEY.encode()).decode()}
PIECES = tuple(
    f"Your key 你的密钥 is {KEY}. In base64: {base64.b64encode(KEY.encode()).decode()} End."[i : i + 7]
    for i in range(0, 120, 7)
)
ANSWERS = (
    Answer(chunks=PIECES, reasoning=PIECES),
    Answer(status=401, body=json.dumps({"error": {"message": f"Incorrect key {KEY}"}}).encode()),
    Answer(status=500, body=f"<html>{KEY}</html>".encode(), headers={"retry-after-ms": "1"}),
    Answer(chunks=("x",), finish_reason=KEY, headers={"X-Request-Id": KEY}),
    Answer(chunks=("y", KEY[:-2]), finish_reason=None, done=False),
)


def listen(page, traffic: list[bytes]) -> None:
    """Keep every frame, event and address that reaches the page."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.webSocketFrameReceived", lambda e: traffic.append(base64.b64decode(e["response"]["payloadData"]))
    )
    network.on("Network.eventSourceMessageReceived", lambda e: traffic.append(e["data"].encode()))
    network.on("Network.responseReceived", lambda e: traffic.append(json.dumps(e["response"]).encode()))


def test_the_key_is_nowhere(tmp_path, browser, upstream):
    traffic: list[bytes] = []
    upstream.models = (*MODELS, f"model-{KEY}")
    with (
        Server(tmp_path, OPENAI_BASE_URL=upstream.base_url, OPENAI_API_KEY=f"  {KEY}\n") as server,
        watched_page(browser) as page,
    ):
        listen(page, traffic)
        page.goto(server.url)
        choose_model(page, "house-model")
        for number, answer in enumerate(ANSWERS, start=1):
            upstream.answer = answer
            send(page, f"Question {number} 问题")
            expect(messages(page)).to_have_count(2 * number)
            expect(page.locator(".toolbar-copy")).to_have_count(2 * number)
            settled(page)
        expect(messages(page).nth(1)).to_contain_text(MARK)
        expect(messages(page).nth(3)).to_contain_text("did not accept the key")
        traffic.extend([page.content().encode(), page.url.encode()])
    assert upstream.headers[0]["authorization"] == f"Bearer {KEY}"
    assert any(b"Your key" in frame and MARK.encode() in frame for frame in traffic)
    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > 1
    assert [form for form in FORMS for text in (*traffic, *files) if form.encode() in text] == []
