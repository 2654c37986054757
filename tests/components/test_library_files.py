"""What the library says of files that come in."""

from collections import Counter

from components.library.imports import left_out_lines, progress_text
from exchange.reading.importing import Stage, import_of
from exchange.reading.summary import Summary


def test_what_was_left_out_is_named_with_its_reason_and_its_first_conversations():
    summary = Summary()
    for title in ("一", "*two*", "three", "four"):
        summary.miss(title, Counter({"image": 2}))
    summary.miss("五", Counter({"unknown part": 1}))
    assert left_out_lines(summary) == [
        "Left out: 8 images (only a note that it was there comes in), in “一”, “\\*two\\*”, “three” …",
        "Left out: 1 unknown part (it is of a kind that is not known here), in “五”",
    ]


def test_progress_has_its_units(tmp_path):
    (tmp_path / "file").write_bytes(b"[]")
    job = import_of(tmp_path / "file", "file")
    job.stage, job.found = Stage.ADDING, 1_200
    job.source.total, job.source.taken = 100, 50
    job.began -= 60
    assert progress_text(job) == "Adding 60% · 1,200 conversations · ≈40 s left"
