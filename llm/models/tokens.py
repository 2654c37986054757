"""How many tokens texts, messages and requests have: exact for the built-in model, for others a close estimate."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from llm.models.capabilities import BUILT_IN_MODEL
from llm.models.catalogue import bare_name
from llm.models.rules import reasons_like_openai
from llm.models.vocabularies import VOCABULARIES, encoder
from llm.types import Message

# Every pattern of llm/models/vocabularies.py ends a piece here, whatever follows: counts on both sides add up exactly.
_BOUNDARY = re.compile(r"(?<=[^\W_])(?=[\s.,;:!?()\"。，、；：！？…（）「」『』《》“”])")
_LONGEST = 65_536  # characters encoded at once: tiktoken fails on some longer runs (its pattern overflows a stack)
_WINDOW = 1024  # characters of a streaming text that may still be counted again
MOST_COUNTS = 65_536  # texts whose counts are remembered
_counts: dict[bytes, int] = {}
_SMOLLM2_DEFAULT_PROMPT = Message("system", "You are a helpful AI assistant named SmolLM, trained by Hugging Face")


class Tokenizer:
    """Counts tokens in one vocabulary, with the overhead that a chat format adds; safe to use from any thread.

    This one is OpenAI's format (its cookbook's rule): 3 tokens a message with its role and content, and 3 a request
    that prime the reply, 2 for models that reason. For other vendors' models the count is an estimate. A text
    without any word boundary in 65,536 characters is counted in pieces, which adds at most a few tokens a piece.
    """

    def __init__(self, vocabulary: str, priming: int = 3) -> None:
        self.name = vocabulary
        self._priming = priming

    def count(self, text: str) -> int:
        """Tokens of a text. Remembered, since a page counts the same history again whenever it is drawn."""
        return _count(self.name, text)

    def count_message(self, message: Message) -> int:
        """Tokens of a message within a request, its share of the format included."""
        return 3 + self.count(message.role) + self.count(message.content)

    def count_request(self, messages: Sequence[Message]) -> int:
        """Input tokens of a whole request: `count_message` of each and what the format adds once."""
        return self._priming + sum(map(self.count_message, messages))

    def count_afresh(self, text: str) -> int:
        """Tokens of a text that will not be seen again, without remembering it."""
        return _encode(self.name, text)

    def tokens(self, text: str) -> list[int]:
        """The numbers of a text's tokens in the vocabulary, in their order; as many as `count` says."""
        encode = encoder(self.name).tokens
        return [token for piece in _pieces(_encodable(text), _LONGEST) for token in encode(piece)]


class SmolLM2Tokenizer(Tokenizer):
    """The built-in model's tokens, exact: its chat template wraps each message in <|im_start|>role … <|im_end|>."""

    def __init__(self) -> None:
        super().__init__("smollm2")

    def count_message(self, message: Message) -> int:
        # Together, since a role's line break and the content's first ones are one token.
        return 3 + self.count(f"{message.role}\n{message.content}")

    def count_request(self, messages: Sequence[Message]) -> int:
        """Input tokens; the template adds a system prompt of its own where the request begins with none."""
        own = () if messages and messages[0].role == "system" else (_SMOLLM2_DEFAULT_PROMPT,)
        reply = 1 + self.count("assistant\n")
        return reply + sum(map(self.count_message, (*own, *messages)))


class RunningCount:
    """The tokens of a text while it grows, at a cost that is linear in its length.

    What lies before a word boundary is counted once and for all; text without one (many scripts, encoded data) is
    cut after 1,024 characters, which may add a token or two a cut: at the end the count is exact for text with
    boundaries and within 0.5 % for running text without (hostile text may gain more).
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._committed = 0
        self._open = ""

    def add(self, piece: str) -> None:
        self._open += piece
        if len(self._open) > _WINDOW:
            *closed, self._open = _pieces(self._open, _WINDOW)
            self._committed += sum(map(self._tokenizer.count_afresh, closed))

    @property
    def tokens(self) -> int:
        """Tokens of all that was added so far."""
        return self._committed + self._tokenizer.count_afresh(self._open)


@lru_cache(maxsize=256)
def tokenizer_for(model: str, built_in: bool) -> Tokenizer:
    """The tokenizer of a model: its own where it is known (tiktoken's table), else o200k_base as the best guess."""
    if built_in and model == BUILT_IN_MODEL:
        return SmolLM2Tokenizer()
    name = bare_name(model)
    return Tokenizer(_vocabulary_of(name), priming=2 if reasons_like_openai(name) else 3)


def warm(model: str, built_in: bool) -> None:
    """Load a model's vocabulary, so that the first count is quick; meant for a background thread."""
    tokenizer_for(model, built_in).count("")


def _vocabulary_of(name: str) -> str:
    from tiktoken.model import encoding_name_for_model

    try:
        vocabulary = encoding_name_for_model(name)
    except KeyError:
        return "o200k_base"
    return vocabulary if vocabulary in VOCABULARIES else "o200k_base"


def _count(vocabulary: str, text: str) -> int:
    # By digest: the texts themselves, of a megabyte each perhaps, would fill the memory.
    key = blake2b(f"{vocabulary} {text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    tokens = _counts.get(key)
    if tokens is None:
        if len(_counts) >= MOST_COUNTS:
            _counts.clear()
        tokens = _counts[key] = _encode(vocabulary, text)
    return tokens


def _encode(vocabulary: str, text: str) -> int:
    return sum(map(encoder(vocabulary).count, _pieces(_encodable(text), _LONGEST)))


def _encodable(text: str) -> str:
    """The text with lone surrogates, which have no UTF-8 form, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _pieces(text: str, longest: int) -> Iterator[str]:
    """Cut a text into pieces of at most `longest` characters, at the last boundary within each where there is one."""
    start = 0
    while len(text) - start > longest:
        ends = [match.start() for match in _BOUNDARY.finditer(text, start + 1, start + longest)]
        end = ends[-1] if ends else start + longest
        yield text[start:end]
        start = end
    yield text[start:]
