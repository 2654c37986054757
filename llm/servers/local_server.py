"""The child process that serves the built-in model: llama.cpp's own OpenAI-compatible server on the loopback address.

`python -P llm/servers/local_server.py MODEL.gguf`; the first line of standard input is a JSON object with `api_key`,
`alias`, `context` and `max_output` (tokens per reply slot) and `slots`; the first and only line of standard output is
`{"address": "http://127.0.0.1:PORT"}`. It runs until standard input ends, so it cannot outlive its parent.
It is a process of its own because the engine holds the GIL while it loads and crashes when it is torn down while
generating; it is run as a file and imports nothing of the project, so it starts with the engine alone.
"""

import json
import os
import signal
import sys
from typing import Any

MAX_THREADS = 4
PROMPT_CACHE_MIB = 256  # 11,000 tokens of the small model beside those in its slots; the engine's default is 8 GiB


def serve(model_path: str, settings: dict[str, Any]) -> Any:
    """Load the model and listen on a port that the kernel chooses; the server lives as long as what is returned."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model_path
    params.model_alias = {settings["alias"]}
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [settings["api_key"]]  # without one, any page in the user's browser could ask
    params.cors_origins, params.cors_credentials = "http://127.0.0.1", False
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["slots"] * settings["context"]
    params.kv_unified = False  # a shared context lets four long prompts end each other
    params.n_predict = settings["max_output"]
    threads = min(MAX_THREADS, os.cpu_count() or 1)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    # What a slot has read is kept when another conversation takes it, and only then: the engine's habit of keeping a
    # copy of every idle slot would fill the cache with what the slots hold anyway.
    params.cache_ram_mib, params.cache_idle_slots = PROMPT_CACHE_MIB, False
    params.ui = params.endpoint_slots = False
    params.offline = True
    params.verbosity = 1
    return xllamacpp.Server(params)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    address_line = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the engine prints goes to the error log, not between the parent and the address
    server = serve(sys.argv[1], json.loads(sys.stdin.readline()))
    print(json.dumps({"address": server.listening_address}), file=address_line, flush=True)
    sys.stdin.read()
    os._exit(0)  # an orderly exit would destroy the engine's threads mid-generation, which crashes


if __name__ == "__main__":
    main()
