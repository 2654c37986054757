"""Conversations are pinned, archived and tagged, and each list shows what it should, no further than it is shown."""

from datetime import timedelta

import pytest

from llm.types import PlaygroundError
from storage.chats.labels import LONGEST_TAG, MOST_PINNED, MOST_TAGS
from storage.errors import ConversationGone
from storage.search.filters import Filters
from tests.storage.samples import say

ALL = Filters()


@pytest.fixture
def ids(store):
    """Three conversations, the newest first."""
    return [say(store, prompt).conversation_id for prompt in ("一", "二", "三")][::-1]


def shown(store):
    return [listed.id for listed in store.conversations.recent(9)]


def test_pinned_ones_stand_apart_the_newest_pin_first(store, ids):
    store.labels.pin(ids[2])
    store.labels.pin(ids[1])
    assert [listed.id for listed in store.listing.pinned()] == [ids[1], ids[2]]
    assert shown(store) == [ids[0]]
    store.labels.unpin(ids[1])
    assert shown(store) == ids[:2]
    assert [listed.pinned for listed in store.listing.page(ALL, 9)] == [False, False, True]


def test_archived_ones_are_out_of_the_sidebar_and_nowhere_pinned(store, ids):
    store.labels.pin(ids[0])
    store.labels.archive(ids[:2])
    assert store.listing.pinned() == []
    assert shown(store) == ids[2:]
    assert [listed.id for listed in store.listing.page(Filters(archived=True), 9)] == ids[:2]
    assert store.listing.ids(Filters(archived=False)) == ids[2:]
    store.labels.unarchive(ids)
    assert shown(store) == ids


def test_tags_are_tidied_and_kept_in_order(store, ids):
    store.labels.set_tags(ids[0], ["work", "  家 \n 里 ", "work", " "])
    store.labels.add_tags(ids[:2], ["new"])
    assert [listed.tags for listed in store.listing.page(ALL, 2)] == [("new", "work", "家 里"), ("new",)]
    assert store.labels.tags() == ["new", "work", "家 里"]
    store.labels.set_tags(ids[0], [])
    assert store.labels.tags() == ["new"]


def test_too_much_is_said_in_a_sentence_and_changes_nothing(store, ids):
    store.labels.set_tags(ids[0], ["stays"])
    with pytest.raises(PlaygroundError, match=f"take at most {LONGEST_TAG}"):
        store.labels.set_tags(ids[0], ["长" * (LONGEST_TAG + 1)])
    with pytest.raises(PlaygroundError, match=f"take at most {MOST_TAGS}"):
        store.labels.add_tags(ids, [str(number) for number in range(MOST_TAGS)])
    assert [listed.tags for listed in store.listing.page(ALL, 9)] == [("stays",), (), ()]
    for _ in range(MOST_PINNED):
        store.labels.pin(say(store, "又").conversation_id)
    with pytest.raises(PlaygroundError, match="Unpin one"):
        store.labels.pin(ids[0])


def test_one_that_is_gone_cannot_be_labelled_and_leaves_no_tag(store, ids):
    store.labels.set_tags(ids[0], ["秘密"])
    store.conversations.delete(ids[0])
    for label in (store.labels.pin, store.labels.unpin, lambda id_: store.labels.set_tags(id_, ["x"])):
        with pytest.raises(ConversationGone):
            label(ids[0])
    store.labels.add_tags(ids[:1], ["x"])
    assert store.labels.tags() == []
    assert store.conversations.purge_deleted(timedelta(0))
    with store._file.read() as connection:
        assert connection.execute("SELECT count(*) FROM conversation_tags").fetchone()[0] == 0


def test_several_are_deleted_and_restored_at_once(store, ids):
    store.conversations.delete(*ids[:2])
    first, second = store.conversations.recently_deleted(timedelta(minutes=1))
    assert first.deleted_at == second.deleted_at
    assert shown(store) == ids[2:]
    store.conversations.restore(*ids[:2])
    assert shown(store) == ids


def test_pages_follow_one_another(store, ids):
    first = store.listing.page(ALL, 2)
    rest = store.listing.page(ALL, 2, before=first[-1].activity)
    assert [listed.id for listed in (*first, *rest)] == ids
