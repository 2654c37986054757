"""Files that leave and arrive by the routes, whatever their names and sizes."""

import asyncio
import json
import threading
from concurrent.futures import CancelledError
from unittest.mock import Mock

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

import exchange_route
from exchange.desk import BUSY, Desk
from exchange.reading.importing import Stage
from exchange.tickets import MOST_TICKETS
from exchange.writing.exports import Format, Wanted
from llm.types import PlaygroundError
from storage.exchange.arrival import Arrival
from tests.exchange.chatgpt_export import as_json, conversation
from tests.playground import wait_until
from tests.storage.samples import say


@pytest.fixture
def desk(store, tmp_path):
    desk = Desk(store.exchange, tmp_path / "incoming")
    yield desk
    desk.close()


@pytest.fixture
def ask(desk, monkeypatch):
    """Sends a request to the routes; gives status, headers and body."""
    monkeypatch.setattr(exchange_route, "services", lambda: type("Services", (), {"desk": desk}))
    routes = [
        Route("/export/{ticket}", exchange_route.export_file),
        Route("/import/{ticket}", exchange_route.import_file, methods=["PUT"]),
    ]
    app = Starlette(routes=routes)

    def ask(path, *body, method="GET", query=""):
        waiting = [{"type": "http.request", "body": part, "more_body": True} for part in body]
        waiting.append({"type": "http.request", "body": b"", "more_body": False})
        sent = []

        async def receive():
            return waiting.pop(0) if waiting else await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": query.encode()}
        asyncio.run(app(scope | {"http_version": "1.1", "scheme": "http"}, receive, send))
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(part.get("body", b"") for part in sent[1:])

    return ask


def test_an_export_is_sent_under_its_name_as_often_as_it_is_asked_for(store, desk, ask):
    turn = say(store, "你好")
    store.conversations.rename(turn.conversation_id, "问候 / hello")
    ticket = desk.ticket(Wanted(Format.JSON, (turn.conversation_id,)))
    for _ in range(2):
        status, headers, body = ask(f"/export/{ticket}")
        assert status == 200
        assert headers[b"content-disposition"] == b"attachment; filename*=UTF-8''%E9%97%AE%E5%80%99-hello.json"
        assert json.loads(body)["conversations"][0]["messages"][0]["text"] == "你好"
    assert ask("/export/guessed")[0] == 404


def test_a_file_that_arrives_is_imported_and_removed(store, desk, ask, tmp_path):
    data = as_json(conversation())
    query = "name=..%2F..%2Fetc%2Fmy%20file.json"
    assert ask(f"/import/{desk.upload_ticket('a tab')}", data[:100], data[100:], method="PUT", query=query)[0] == 200
    wait_until(lambda: not desk.importing.running)
    assert (desk.importing.stage, desk.importing.name) == (Stage.DONE, "my file.json")
    wait_until(lambda: not list((tmp_path / "incoming").iterdir()))
    assert len(store.exchange.ids()) == 1
    desk.dismiss()
    assert desk.importing is None


def test_a_ticket_holds_once_and_nothing_comes_in_without_one(store, desk, ask):
    ticket = desk.upload_ticket("a tab")
    desk.place_for(ticket)
    for wrong in (ticket, "guessed"):
        status, _, body = ask(f"/import/{wrong}", b"[]", method="PUT")
        assert (status, body) == (409, b"The page is too old for this. Reload it, then choose the file again.")


def test_what_is_too_large_is_said_and_leaves_nothing(desk, ask, monkeypatch, tmp_path):
    monkeypatch.setattr(exchange_route, "MOST_BYTES", 1_000)
    assert ask(f"/import/{desk.upload_ticket('a tab')}", b"x" * 600, b"x" * 600, method="PUT")[0] == 413
    assert list((tmp_path / "incoming").iterdir()) == []


class Waiting(Arrival):
    """Takes nothing in until it may."""

    may = threading.Event()

    def knows(self, record):
        assert self.may.wait(20)
        return super().knows(record)


def test_one_import_runs_at_a_time(store, desk, tmp_path, monkeypatch):
    monkeypatch.setattr(store.exchange, "arrival", lambda: Waiting(store._file))
    (tmp_path / "first").write_bytes(as_json(conversation()))
    (tmp_path / "other").write_bytes(b"[]")
    desk.begin(tmp_path / "first", "first")
    with pytest.raises(PlaygroundError, match=BUSY):
        desk.begin(tmp_path / "other", "other")
    Waiting.may.set()
    wait_until(lambda: not desk.importing.running)
    assert desk.importing.stage is Stage.DONE


def test_a_link_holds_however_often_its_page_is_drawn_and_however_many_others_there_are(store, desk):
    turn = say(store, "你好")
    ticket = desk.ticket(Wanted(Format.JSON, (turn.conversation_id,)))
    for number in range(3 * MOST_TICKETS):
        assert desk.ticket(Wanted(Format.JSON, (turn.conversation_id,))) == ticket
        desk.ticket(Wanted(Format.PAGE, (str(number),)))
    assert desk.file(ticket).name == "标题.json"
    assert desk.file(desk.ticket(Wanted(Format.PAGE, ("old",)))) is not None
    mine = desk.upload_ticket("mine")
    assert [desk.upload_ticket("mine"), desk.upload_ticket("yours") == mine] == [mine, False]
    desk.place_for(mine)
    assert desk.upload_ticket("mine") != mine


def test_a_check_that_nobody_waits_for_ends_when_another_begins(store, desk, monkeypatch):
    """What was asked for first is given up, whether it runs or waits for its turn; what is waited for is not."""
    say(store, "问")
    say(store, "再问")
    may, read, record = threading.Event(), [], store.exchange.record

    def slow(ids):
        for id_ in ids:
            read.append(id_)
            assert may.wait(20)
            yield record(id_)

    monkeypatch.setattr(store.exchange, "records", slow)
    first, second, third = (Wanted(Format.TRAINING, None, model) for model in ("gpt-4o", "gpt-4o-mini", "gpt-4.1"))
    with desk.check(first) as running:
        wait_until(lambda: read)
        with desk.check(first) as same:
            assert same is running
        with desk.check(second) as waiting:
            pass
        assert not running.cancelled()
    with desk.check(third) as wanted:
        assert waiting.cancelled()
        may.set()
        assert wanted.result(20).good == 2
    assert isinstance(running.exception(20), CancelledError)
    assert len(read) == 3, "of the first check one conversation was read"


def test_a_check_that_failed_is_made_anew(store, desk, monkeypatch):
    say(store, "问")
    wanted = Wanted(Format.TRAINING, None, "gpt-4o")
    monkeypatch.setattr(store.exchange, "ids", Mock(side_effect=PlaygroundError("Too many things at once.")))
    with desk.check(wanted) as check, pytest.raises(PlaygroundError):
        check.result(20)
    monkeypatch.undo()
    with desk.check(wanted) as check:
        assert check.result(20).good == 1
        with desk.check(wanted) as known:
            assert known is check


def test_what_a_killed_process_left_is_removed(store, tmp_path):
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "left.part").write_bytes(b"x")
    Desk(store.exchange, tmp_path / "incoming").close()
    assert list((tmp_path / "incoming").iterdir()) == []
