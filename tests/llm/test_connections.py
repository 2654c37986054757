"""Connections: which server is asked, with whose key, and what it offers."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.servers.addresses import clean_base_url, clean_key, proxy_for
from llm.servers.connections import (
    MOST_MODELS,
    Connection,
    Environment,
    environment_connection,
    list_models,
    make_client,
)
from llm.types import PlaygroundError

SECRET = "sk-very-secret"


@dataclass
class Server:
    """A real server that answers every GET alike and remembers who asked."""

    base_url: str = ""
    status: int = 200
    body: bytes = b'{"data": []}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answers(self, body: object, status: int = 200) -> "Server":
        self.status, self.body = status, json.dumps(body, ensure_ascii=False).encode()
        return self


@pytest.fixture
def server() -> Iterator[Server]:
    here = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            here.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(here.status)
            for name, value in {**here.headers, "Content-Length": str(len(here.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(here.body)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        here.base_url = f"http://127.0.0.1:{listener.server_port}/v1"
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield here
        listener.shutdown()


def models_of(connection: Connection) -> list[str]:
    async def ask() -> list[str]:
        async with make_client(connection) as client:
            return await list_models(client)

    return asyncio.run(ask())


def connection_to(server: Server, **changes: str) -> Connection:
    return Connection(**{"name": "本地", "base_url": server.base_url, "api_key": SECRET, **changes})


class TestKey:
    @pytest.mark.parametrize("raw", ["sk-1", " sk-1", "sk-1\n", "\t sk-1 \r\n"])
    def test_white_space_around_it_is_dropped(self, raw):
        assert clean_key(raw) == "sk-1"

    @pytest.mark.parametrize("raw", [None, "", "  \n"])
    def test_blank_is_no_key(self, raw):
        assert clean_key(raw) is None

    @pytest.mark.parametrize("raw", ["sk-1 sk-2", "sk-1\nsk-2", "sk-密钥", "sk-\x00", "sk-\x7f", "sk\u00a01"])
    def test_what_no_header_can_carry_is_refused_without_being_shown(self, raw):
        with pytest.raises(PlaygroundError, match=r"OPENAI_API_KEY has .*copy the key again") as refusal:
            clean_key(raw)
        assert "sk-" not in str(refusal.value)

    @given(st.text())
    def test_any_text_is_a_clean_key_or_a_kind_refusal(self, raw):
        try:
            key = clean_key(raw)
        except PlaygroundError:
            return
        assert key is None or (key.isascii() and key.isprintable() and " " not in key and clean_key(key) == key)

    def test_it_is_not_in_the_repr_of_a_connection(self):
        assert SECRET not in repr(Connection("本地", "http://localhost/v1", SECRET))


class TestBaseUrl:
    @pytest.mark.parametrize(
        ("raw", "clean"),
        [
            ("http://localhost:11434/v1", "http://localhost:11434/v1"),
            (" HTTPS://Example.COM/V1/ \n", "https://example.com/V1"),
            ("http://[::1]:8080//", "http://[::1]:8080"),
            ("http://模型.example/v1", "http://模型.example/v1"),
        ],
    )
    def test_it_is_trimmed_and_kept(self, raw, clean):
        assert clean_base_url(raw) == clean

    @pytest.mark.parametrize(
        "raw",
        [
            "",
            "localhost:11434",
            "ftp://host/v1",
            "http://",
            "http:///v1",
            "http://host:99999",
            "http://[::1",
            "http://a b",
            "http://a\tb/v1",
            "http://good\\bad/v1",
            "http：//主机/v1",
            "http://host:0/v1",
        ],
    )
    def test_what_is_no_web_address_is_refused_with_an_example(self, raw):
        with pytest.raises(PlaygroundError, match=r"OPENAI_BASE_URL must be an address such as https://"):
            clean_base_url(raw)

    def test_a_user_or_password_is_refused_and_not_repeated(self):
        with pytest.raises(PlaygroundError, match="user or password") as refusal:
            clean_base_url(f"https://me:{SECRET}@example.com/v1")
        assert SECRET not in str(refusal.value)

    @pytest.mark.parametrize("tail", ["?key=1", "#top"])
    def test_a_query_or_fragment_is_refused(self, tail):
        with pytest.raises(PlaygroundError, match=r"before any \? or #"):
            clean_base_url(f"https://example.com/v1{tail}")

    @given(st.text() | st.text(alphabet="htps:/@?#[]\\.1aé ").map("http://".__add__))
    def test_any_text_is_a_clean_address_or_a_kind_refusal(self, raw):
        try:
            address = clean_base_url(raw)
        except PlaygroundError:
            return
        assert clean_base_url(address) == address
        assert not address.endswith("/")


class TestEnvironmentConnection:
    def test_nothing_set_is_no_connection(self):
        assert environment_connection({"OPENAI_API_KEY": " ", "OPENAI_ORG_ID": "org-1"}) is None

    def test_a_key_alone_is_openai(self):
        found = environment_connection({"OPENAI_API_KEY": f"{SECRET}\n", "OPENAI_ORG_ID": " org-1 "})
        assert found == Connection("OpenAI", "https://api.openai.com/v1", SECRET, "org-1")

    def test_an_address_alone_is_a_server_that_needs_no_key(self):
        found = environment_connection({"OPENAI_BASE_URL": "http://localhost:11434/v1/"})
        assert (found.name, found.base_url) == ("localhost:11434", "http://localhost:11434/v1")
        assert found.api_key

    def test_both_are_that_server_with_that_key(self):
        found = environment_connection({"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "https://example.com/v1"})
        assert (found.name, found.api_key, found.built_in) == ("example.com", SECRET, False)

    def test_a_malformed_organization_is_named(self):
        with pytest.raises(PlaygroundError, match="OPENAI_ORG_ID"):
            environment_connection({"OPENAI_API_KEY": SECRET, "OPENAI_ORG_ID": "组织"})


class TestProxy:
    REMOTE = "https://example.com/v1"

    @pytest.mark.parametrize(
        ("values", "proxy"),
        [
            ({}, None),
            ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
            ({"https_proxy": "proxy:3128 "}, "http://proxy:3128"),
            ({"HTTP_PROXY": "http://proxy:3128"}, None),
            ({"ALL_PROXY": "http://代理:3128"}, "http://代理:3128"),
            ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, example.com"}, None),
            ({"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "*"}, None),
        ],
    )
    def test_the_usual_variables_decide(self, values, proxy):
        assert proxy_for(self.REMOTE, values) == proxy
        found = environment_connection({"OPENAI_BASE_URL": self.REMOTE, **values})
        assert found.proxy == proxy

    @pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:1", "0.0.0.0:1", "a.localhost"])
    def test_this_machine_is_reached_without_one(self, host):
        assert proxy_for(f"http://{host}/v1", {"HTTP_PROXY": "http://proxy:3128"}) is None

    @pytest.mark.parametrize("proxy", ["socks5://proxy:1", "foo://proxy", "http://[::1"])
    def test_one_that_cannot_be_used_is_one_sentence_without_its_password(self, proxy):
        found = environment_connection({"OPENAI_BASE_URL": self.REMOTE, "HTTPS_PROXY": proxy})
        assert proxy not in repr(found)
        with pytest.raises(PlaygroundError, match="The proxy that is set cannot be used"):
            make_client(found)


class TestEnvironment:
    def test_the_file_is_read_as_it_stands(self, tmp_path):
        (tmp_path / ".env").write_text("PG_A='甲 $PG_B'\n# comment\nPG_B=2\nPG_EMPTY\n", encoding="utf-8-sig")
        values = Environment(tmp_path / ".env").values()
        assert (values["PG_A"], values["PG_B"]) == ("甲 $PG_B", "2")
        assert "PG_EMPTY" not in values

    def test_the_process_wins_over_the_file(self, tmp_path, monkeypatch):
        (tmp_path / ".env").write_text("PG_A=file\n")
        monkeypatch.setenv("PG_A", "进程")
        assert Environment(tmp_path / ".env").values()["PG_A"] == "进程"

    def test_it_follows_the_file(self, tmp_path):
        environment = Environment(tmp_path / ".env")
        assert "PG_A" not in environment.values()
        (tmp_path / ".env").write_text("PG_A=1\n")
        assert environment.values()["PG_A"] == "1"
        (tmp_path / ".env").write_text("PG_A=22\n")
        assert environment.values()["PG_A"] == "22"
        (tmp_path / ".env").unlink()
        assert "PG_A" not in environment.values()

    def test_a_file_that_is_no_text_is_one_sentence(self, tmp_path):
        (tmp_path / ".env").write_bytes(f"OPENAI_API_KEY={SECRET}".encode("utf-16"))
        with pytest.raises(PlaygroundError, match="save it as UTF-8") as refusal:
            Environment(tmp_path / ".env").values()
        assert refusal.value.__cause__ is None


class TestClient:
    def test_the_sdk_takes_nothing_from_the_environment(self, server, monkeypatch):
        for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
            monkeypatch.setenv(f"OPENAI_{name}", "sk-for-openai-only")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        monkeypatch.setenv(
            "OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-for-openai-only\nX-Extra: sk-for-openai-only"
        )
        models_of(connection_to(server))
        [(path, headers)] = server.seen
        assert (path, headers["authorization"]) == ("/v1/models", f"Bearer {SECRET}")
        assert "sk-for-openai-only" not in str(headers)

    def test_the_connections_own_organization_goes_along(self, server):
        models_of(connection_to(server, organization="org-1"))
        assert server.seen[0][1]["openai-organization"] == "org-1"

    def test_a_proxy_is_not_asked_for_this_machine(self, server, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        models_of(connection_to(server))
        assert len(server.seen) == 1

    def test_a_proxy_is_asked_for_other_machines(self, server):
        models_of(connection_to(server, base_url="http://model.invalid/v1", proxy=server.base_url.removesuffix("/v1")))
        assert server.seen[0][0] == "http://model.invalid/v1/models"

    def test_a_redirect_is_not_followed(self, server):
        server.status, server.headers = 307, {"Location": f"{server.base_url}/elsewhere"}
        with pytest.raises(PlaygroundError):
            models_of(connection_to(server))
        assert len(server.seen) == 1

    def test_a_failing_server_is_asked_once(self, server):
        with pytest.raises(PlaygroundError):
            models_of(connection_to(server.answers({"error": {}}, status=500)))
        assert len(server.seen) == 1


class TestModels:
    def test_they_come_in_natural_order_without_doubles(self, server):
        server.answers(
            {"data": [{"id": name} for name in ["通义-10", "gpt-10", "gpt-4o", "通义-9", "gpt-4o", "GPT-5"]]}
        )
        assert models_of(connection_to(server)) == ["gpt-4o", "GPT-5", "gpt-10", "通义-9", "通义-10"]

    def test_only_chat_models_are_listed(self, server):
        server.answers({"data": [{"id": "text-embedding-3-small"}, {"id": "gpt-4o"}, {"id": "whisper-1"}]})
        assert models_of(connection_to(server)) == ["gpt-4o"]

    def test_a_bare_list_is_understood_and_odd_entries_are_passed_over(self, server):
        server.answers([{"id": "gpt-4o"}, {"id": None}, "gpt-5", {"id": "9" * 5000}])
        assert "gpt-4o" in models_of(connection_to(server))

    def test_there_is_a_most(self, server):
        server.answers({"data": [{"id": f"model-{number}"} for number in range(MOST_MODELS + 5)]})
        assert len(models_of(connection_to(server))) == MOST_MODELS

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_refused_key_is_said_and_not_shown(self, server, status):
        server.answers({"error": {"message": f"Incorrect API key provided: {SECRET}"}}, status)
        with pytest.raises(PlaygroundError, match=r"^127\.0\.0\.1 refused the key; check OPENAI_API_KEY\.$") as refusal:
            models_of(connection_to(server))
        assert refusal.value.__suppress_context__

    def test_no_server_is_said_with_the_address(self):
        with pytest.raises(PlaygroundError, match=r"^No server answers at http://127\.0\.0\.1:9/v1; start it"):
            models_of(Connection("nobody", "http://127.0.0.1:9/v1", SECRET))

    @pytest.mark.parametrize(
        ("status", "body"),
        [(404, b"{}"), (500, "坏了".encode()), (200, b"<html>"), (200, b""), (200, b'{"data": 3}'), (200, b'"\xff"')],
    )
    def test_a_server_without_a_list_asks_for_a_name(self, server, status, body):
        server.status, server.body = status, body
        with pytest.raises(PlaygroundError, match=r"^127\.0\.0\.1 does not list its models; type a name\.$"):
            models_of(connection_to(server))
