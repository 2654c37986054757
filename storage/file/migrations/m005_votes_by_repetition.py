"""Each repetition of a blind comparison is shuffled on its own. A vote is a letter, so those cast while all repetitions
stood in one order are told anew: the letter behind which the same column stands now.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_LETTERS = "ABCDEFGH"
_VOTES = """
    SELECT v.comparison_id, v.turn, v.repetition, v.verdict, json_array_length(k.columns)
    FROM votes v JOIN comparisons k ON k.id = v.comparison_id
    WHERE v.repetition > 0 AND length(v.verdict) = 1 AND k.columns <> ''
"""
_TELL = "UPDATE votes SET verdict = ? WHERE comparison_id = ? AND turn = ? AND repetition = ?"


def m005_votes_by_repetition(database: Database) -> None:
    for id_, turn, repetition, letter, n in database.execute(_VOTES).fetchall():
        column = _order(id_, n)[_LETTERS.index(letter)]
        now = _LETTERS[_order(f"{id_}/{repetition}", n).index(column)]
        database.execute(_TELL, (now, id_, turn, repetition))


def _order(seed: str, n: int) -> list[int]:
    return sorted(range(n), key=lambda column: sha256(f"{seed}/{column}".encode()).digest())
