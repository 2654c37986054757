"""One playground at a time on one folder of data."""

import signal
import subprocess
import sys
import tempfile

import pytest

from storage.errors import StorageError
from storage.file.lock import DataLock
from tests.storage.children import run_without_rights

HOLD = """
import sys
import tempfile
from pathlib import Path
from storage.file.lock import DataLock
lock = DataLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def other_process(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_playground_is_told_in_a_sentence(tmp_path):
    process = other_process(tmp_path / "数据")
    with pytest.raises(StorageError, match="already runs"):
        DataLock(tmp_path / "数据")
    process.communicate("")
    DataLock(tmp_path / "数据").close()


def test_a_killed_playground_leaves_the_folder_free(tmp_path):
    process = other_process(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    DataLock(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="Nothing can be written"):
        DataLock(tmp_path / "file" / "data")


def test_a_folder_that_can_only_be_read_is_locked_too():
    code = """
from storage.file.lock import DataLock
folder.chmod(0o555)
lock = DataLock(folder)
try:
    DataLock(folder)
except Exception as error:
    print(error)
lock.close()
DataLock(folder).close()
folder.chmod(0o755)
lock = DataLock(folder)
"""
    with tempfile.TemporaryDirectory() as folder:
        assert "already runs" in run_without_rights(code, folder)
