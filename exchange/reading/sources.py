"""A file that comes in: JSON as it is, or the JSON in a zip, with how far it has been read."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from exchange.reading.json_stream import NotJson

MOST_BYTES = 4 << 30  # that are read, unpacked
MOST_PACKED = 200  # times that a zip may be smaller than what is in it: text is 5 to 20 times smaller
_DIRECTORY = 32 << 20  # bytes of the list of what is in a zip, at most
_END = b"PK\5\6"
_ENDING = 22 + 65_535  # bytes in which that list's end stands
# A large export of ChatGPT comes in parts: conversations-000.json, conversations-001.json …
_CHATGPT = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json", re.DOTALL)


@dataclass
class Source:
    """The JSON files in one file, and how many bytes of all of them have been read."""

    path: Path
    total: int = 0  # bytes, unpacked
    taken: int = 0

    @property
    def share(self) -> float:
        """How much has been read, from 0 to 1."""
        return min(1.0, self.taken / self.total) if self.total else 0.0

    def files(self) -> Iterator["Reader"]:
        """What is to be read, one after the other. Raises NotJson, as reading does."""
        self.taken = 0
        with self.path.open("rb") as file:
            if file.read(4) == b"PK\3\4":
                yield from self._unpacked(file)
                return
            self.total = file.seek(0, 2)
            file.seek(0)
            yield Reader(self, file)

    def _unpacked(self, file: BinaryIO) -> Iterator["Reader"]:
        with broken_zip():
            _refuse_huge_directory(file)
            with zipfile.ZipFile(file) as archive:
                found = _wanted(archive)
                self.total = sum(info.file_size for info in found)
                packed = sum(info.compress_size for info in found)
                if self.total > MOST_BYTES or self.total > MOST_PACKED * max(packed, 1024):
                    raise NotJson("what is packed in it is too large")
                for info in found:
                    with archive.open(info) as member:
                        yield Reader(self, member)


@dataclass(frozen=True)
class Reader:
    """Reads one file of a source."""

    source: Source
    file: BinaryIO

    def __call__(self, size: int) -> bytes:
        with broken_zip():
            data = self.file.read(size)
        self.source.taken += len(data)
        if self.source.taken > MOST_BYTES:
            raise NotJson("it is too large")
        return data


@contextmanager
def broken_zip() -> Iterator[None]:
    """Says in our words what is wrong with a zip."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeDecodeError):
        raise NotJson("it is a zip that is cut off or damaged") from None
    except (RuntimeError, NotImplementedError):
        raise NotJson("it is a zip with a password, or packed in an unusual way") from None


def _refuse_huge_directory(file: BinaryIO) -> None:
    """All that is in a zip is listed at its end, and that list is read into the memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _ENDING))
    ending = file.read()
    place = ending.rfind(_END)
    if place < 0:
        raise NotJson("it is a zip that is cut off or damaged")
    [directory] = struct.unpack_from("<I", ending, place + 12)
    if directory > _DIRECTORY:
        raise NotJson("too many files are packed in it")


def _wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The conversations of a ChatGPT export, else the one JSON file that is in a zip."""
    files = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
    found = sorted((i for i in files if _CHATGPT.fullmatch(i.filename)), key=lambda info: info.filename)
    found = found or [info for info in files if info.filename.lower().endswith(".json")]
    if not found:
        raise NotJson("no conversations.json is packed in it")
    if len(found) > 1 and not _CHATGPT.fullmatch(found[0].filename):
        raise NotJson("several JSON files are packed in it, and none is called conversations.json")
    return found
