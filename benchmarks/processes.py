"""Servers in processes of their own, and what processes use: seconds of CPU and memory."""

import os
import platform
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
LOOK_AGAIN = 0.02  # seconds
# Of the environment only this is kept: what else is set would be measured along.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "TEMP", "SYSTEMROOT", "PLAYGROUND_LOCAL_MODEL")


@dataclass(frozen=True)
class Server:
    """A server that answers at `url`."""

    url: str
    process: psutil.Popen

    def processes(self) -> list[psutil.Process]:
        """The server and what it has started."""
        return [self.process, *self.process.children(recursive=True)]

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=5) as response:
            return response.read()


@contextmanager
def serving(arguments: Sequence[str], path: str, log: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Run `python -m` with these arguments, in which {port} becomes a free port, until the end of the block.

    The block begins when the server answers at `path`. RuntimeError, with the end of its log, if it does not start.
    """
    port = _free_port()
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    with log.open("ab") as output:
        process = psutil.Popen(
            [sys.executable, "-m", *(argument.format(port=port) for argument in arguments)],
            cwd=ROOT,
            env=kept | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait_for(server, path, log)
        yield server
    finally:
        _end(process)


def _wait_for(server: Server, path: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(OSError):
            server.get(path)
            return
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"A server did not start: {log.read_text('utf-8', 'replace')[-500:].strip()}")
        time.sleep(LOOK_AGAIN)


def _end(process: psutil.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        _, alive = psutil.wait_procs([process], timeout=10)
        for each in alive:
            each.kill()
            each.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def browser_processes() -> list[psutil.Process]:
    """The processes of the Chromium that this process has started."""
    return [child for child in psutil.Process().children(recursive=True) if "chrom" in _name(child)]


def _name(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return process.name().lower()
    return ""


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """What they have used since they began; one that has ended counts nothing."""
    used = 0.0
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def memory_mb(processes: Iterable[psutil.Process]) -> float:
    """Their memory, shared pages counted once (PSS); where the system does not know that, what is theirs alone."""
    used = 0
    for process in processes:
        with suppress(psutil.Error):
            memory = process.memory_full_info()
            used += getattr(memory, "pss", 0) or memory.uss
    return used / 1e6


def machine() -> str:
    """What is measured on, in a line."""
    cores = psutil.cpu_count() or 1
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"


def load() -> str:
    """The load average of the last minute."""
    return f"{psutil.getloadavg()[0]:.2f}"
