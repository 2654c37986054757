"""The names of exported files."""

import pytest

from components.reading.exports import LONGEST_NAME, file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("温度与礼貌 2", "experiment-温度与礼貌-2.csv"),
        ("../../etc/passwd", "experiment-etc-passwd.csv"),
        ('a/b\\c:d*e?"<f>|g\0\nh', "experiment-a-b-c-d-e-f-g-h.csv"),
        ("con", "experiment-con.csv"),
        (" …!", "experiment.csv"),
        ("\u202egpj.exe", "experiment-gpj-exe.csv"),
        ("字" * 100, f"experiment-{'字' * LONGEST_NAME}.csv"),
    ],
)
def test_a_name_says_the_title_and_is_one_that_every_system_takes(title, name):
    assert file_name(title, "csv") == name
