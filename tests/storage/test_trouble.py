"""Trouble with the disk: said in a sentence, reading goes on, and it passes without a restart."""

import shutil
import subprocess
import sys

import pytest

from storage.errors import ConversationBusy, ConversationGone, ConversationMoved
from tests.storage.children import ROOT, WITHOUT_RIGHTS, run_without_rights
from tests.storage.samples import SETTINGS, say, say_again

CANNOT_WRITE = "X cannot be opened or written. Check that you may write to this file and its folder, then try again."
FAILED = "The disk failed to read or write X. Check the disk and its space, then try again."
FULL = "There is no space left for X. Free some space on the disk, then try again."


@pytest.fixture
def open_folder(tmp_path_factory):
    """A folder that everybody can reach, unlike pytest's own."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        yield folder


def test_there_is_none_while_writing_works(store):
    assert store.trouble() == ""
    say(store, "好")
    assert store.trouble() == ""


def test_what_cannot_be_done_with_a_conversation_is_no_trouble(store):
    turn = say(store, "一")
    say_again(store, turn)
    with pytest.raises(ConversationMoved):
        store.replies.begin_again(turn.reply_message_id, SETTINGS)
    with pytest.raises(ConversationGone):
        store.conversations.rename("没有", "t")
    store.replies.begin(turn.conversation_id, "二", "t", SETTINGS)
    with pytest.raises(ConversationBusy):
        store.replies.begin(turn.conversation_id, "三", "t", SETTINGS)
    assert store.trouble() == ""


def test_a_disk_that_takes_no_more(open_folder):
    code = """
full = max(file.stat().st_size for file in folder.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
print(refused())
assert refused()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
works_again()
"""
    assert run_without_rights(code, open_folder) == FAILED


def test_a_read_only_file(open_folder):
    code = """
store.close()
path.chmod(0o444)
store = Store(path)
print(refused())
path.chmod(0o644)
works_again()
"""
    assert run_without_rights(code, open_folder) == CANNOT_WRITE


def test_a_read_only_folder(open_folder):
    code = """
store.close()
folder.chmod(0o555)
store = Store(path)
assert store.trouble()
print(refused())
folder.chmod(0o755)
works_again()
"""
    assert run_without_rights(code, open_folder) == CANNOT_WRITE


@pytest.mark.torture
def test_a_full_disk(open_folder):
    if not shutil.which("unshare") or subprocess.run(["unshare", "-m", "true"]).returncode:
        pytest.skip("mounts a small disk of its own, which is not allowed here")
    code = """
filler = folder / "filler"
with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
    while file.write(b"x" * 4096):
        pass
print(refused())
assert refused()
filler.unlink()
works_again()
"""
    mounted = f'mount -t tmpfs -o size=2m none {open_folder} && exec {sys.executable} -c "$CODE" {open_folder}'
    command = ["unshare", "-m", "sh", "-c", mounted]
    ended = subprocess.run(
        command, cwd=ROOT, env={"CODE": WITHOUT_RIGHTS + code}, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == FULL
