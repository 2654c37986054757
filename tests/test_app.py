"""What stands between the playground and other pages: hosts, origins and headers, on a real server."""

import http.client
import socket

import pytest

from app import send_at_once
from tests.e2e.conftest import Server


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("app"), PLAYGROUND_LOCAL_MODEL="off") as server:
        yield server.port


def get(port: int, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    response.body = response.read(200) if response.status == 200 and path != "/live/00ff" else b""
    connection.close()
    return response


def test_says_that_it_answers(port):
    response = get(port, "/healthz")
    assert (response.status, response.body) == (200, b'{"status":"ok"}')


@pytest.mark.parametrize("path", ["/", "/healthz", "/live/00ff", "/_stcore/health", "/models"])
def test_refuses_a_name_that_is_not_its_own(port, path):
    assert get(port, path, Host="evil.example").status == 400
    assert get(port, path, Host=f"localhost:{port}").status == 200


@pytest.mark.parametrize("path", ["/healthz", "/live/00ff"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example"])
def test_refuses_the_page_of_another_host(port, path, origin):
    assert get(port, path, Origin=origin).status == 403
    assert get(port, path, Origin=f"http://localhost:{port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/live/00ff", "/healthz", "/_stcore/upload_file/a/b", "/_stcore/stream"])
def test_refuses_whatever_the_page_of_another_host_asks(port, path, method):
    assert get(port, path, method, Origin="http://evil.example").status == 403


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def test_opens_a_websocket_for_its_own_page(port):
    assert get(port, "/_stcore/stream", Origin=f"http://localhost:{port}", **UPGRADE).status == 101


@pytest.mark.parametrize("path", ["/_stcore/stream", "/live/00ff"])
@pytest.mark.parametrize(
    "evil",
    [{"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
def test_refuses_a_websocket_for_another_host_or_under_its_name(port, path, evil):
    assert get(port, path, **UPGRADE, **evil).status in (400, 403)


@pytest.mark.parametrize("path", ["/", "/healthz", "/live/00ff", "/_stcore/health"])
def test_every_answer_carries_the_headers(port, path):
    response = get(port, path)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_reply_that_is_not_known_has_ended(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/live/00ff")
    response = connection.getresponse()
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert b'data: [{"reply": "00ff", "end": true}]' in response.read()


def test_refuses_more_replies_than_a_page_has(port):
    assert get(port, "/live/" + ",".join(f"{n:x}" for n in range(17))).status == 400


def test_a_connection_sends_each_thing_when_it_is_said():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        send_at_once()
        with socket.create_connection(listening.getsockname()):
            answering, _ = listening.accept()
            with answering:
                assert answering.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
