"""Experiments: kept with their plans, listed apart from chats, and removed whole."""

from datetime import timedelta

import pytest

from storage.errors import ExperimentGone
from storage.experiments.records import ExperimentState, RunId
from tests.storage.samples import run, say, texts

PLAN = '{"title": "温度", "prompts": ["秘密-4711"]}'
NO_TIME, LONG = timedelta(0), timedelta(days=1)


def files_with(folder, text):
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]


def test_an_experiment_is_kept_with_its_plan_and_how_far_it_has_got(store):
    id_ = store.experiments.create("温度", PLAN)
    kept = store.experiments.get(id_)
    assert (kept.title, kept.plan, kept.state) == ("温度", PLAN, ExperimentState.PLANNED)
    store.experiments.rename(id_, "新名")
    store.experiments.set_state(id_, ExperimentState.RUNNING)
    store.experiments.save_plan(id_, "{}")
    kept = store.experiments.get(id_)
    assert (kept.title, kept.plan, kept.state) == ("新名", "{}", ExperimentState.RUNNING)
    assert store.experiments.get("没有") is None


def test_the_newest_experiments_are_listed(store):
    ids = [store.experiments.create(f"第{n}个", PLAN) for n in range(5)]
    assert [listed.id for listed in store.experiments.recent(2)] == [ids[4], ids[3]]
    assert [listed.id for listed in store.experiments.recent(9)] == ids[::-1]


def test_runs_are_in_no_list_of_chats(store):
    chat = say(store, "闲聊").conversation_id
    id_ = store.experiments.create("试", PLAN)
    turn = run(store, id_, "a")
    assert [listed.id for listed in store.conversations.recent(9)] == [chat]
    assert store.conversations.get(turn.conversation_id) is None
    store.experiments.delete(id_)
    assert store.conversations.recently_deleted(LONG) == []


def test_the_model_of_a_run_is_not_the_one_that_a_new_chat_begins_with(store):
    id_ = store.experiments.create("试", PLAN)
    run(store, id_, "a")
    assert store.replies.last_model("Zuhause") is None
    say(store, "闲聊")
    assert store.replies.last_model("Zuhause") == "模型-7b"


def test_a_deleted_experiment_is_hidden_with_its_runs_and_comes_back_with_them(store):
    id_ = store.experiments.create("试", PLAN)
    run(store, id_, "a")
    store.experiments.delete(id_)
    assert store.experiments.get(id_) is None
    assert store.experiments.recent(9) == []
    assert [listed.id for listed in store.experiments.recently_deleted(LONG)] == [id_]
    assert store.runs.recorded(["a"]) == {}
    with pytest.raises(ExperimentGone):
        run(store, id_, "b")
    with pytest.raises(ExperimentGone):
        store.experiments.set_state(id_, ExperimentState.DONE)
    store.experiments.restore(id_)
    assert store.experiments.get(id_).title == "试"
    assert store.runs.recorded(["a"]) == {"a": 1}


def test_a_purged_experiment_is_gone_from_file_and_log_and_what_it_cost_stays(store, tmp_path):
    kept = say(store, "留下的").conversation_id
    id_ = store.experiments.create("秘密-4711", PLAN)
    turn = run(store, id_, "a", prompt="秘密-4711", reply="秘密-4711。")
    store.experiments.delete(id_)
    assert store.conversations.purge_deleted(NO_TIME)
    assert files_with(tmp_path, "秘密-4711") == []
    assert store.runs.of(id_) == []
    assert texts(store, turn.conversation_id) == []
    assert texts(store, kept) == ["留下的", "好的。"]
    with pytest.raises(ExperimentGone):
        store.experiments.restore(id_)


def test_an_experiment_is_removed_from_a_backup_that_has_it(store, tmp_path):
    from storage.file.backups import back_up

    id_ = store.experiments.create("秘密-4711", PLAN)
    run(store, id_, "a", prompt="秘密-4711")
    store.conversations.purge_deleted(NO_TIME)
    store._file.checkpoint()
    back_up(tmp_path / "playground.db", 3)
    store.experiments.delete(id_)
    assert store.conversations.purge_deleted(NO_TIME)
    assert files_with(tmp_path, "秘密-4711") == []


def test_a_run_that_another_experiment_uses_outlives_the_one_that_made_it(store):
    first, second = (store.experiments.create(title, PLAN) for title in ("甲", "乙"))
    turn = run(store, first, "a", reply="好")
    assert store.runs.adopt(second, [RunId("a", 0)]) == 1
    store.experiments.delete(first)
    store.conversations.purge_deleted(NO_TIME)
    assert store.runs.texts(second) == {RunId("a", 0): "好"}
    assert texts(store, turn.conversation_id)[-1] == "好"
    store.experiments.delete(second)
    store.conversations.purge_deleted(NO_TIME)
    assert texts(store, turn.conversation_id) == []
