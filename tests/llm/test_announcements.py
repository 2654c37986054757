"""A tab that has sent a prompt hears of its turn, whichever comes first: the turn or the question."""

import asyncio
import gc
import weakref

from llm.replies.announcements import Announcements
from llm.replies.live import LiveReply


def live_reply(name: str = "00ff") -> LiveReply:
    return LiveReply(name, "conversation", 1)


def test_a_turn_that_began_before_it_was_asked_for_is_told():
    announcements, reply = Announcements(), live_reply()
    announcements.announce("turn", reply)
    assert asyncio.run(announcements.reply("turn", 0)) is reply


def test_a_turn_that_begins_later_is_told_from_another_thread():
    announcements, reply = Announcements(), live_reply()

    async def ask_first():
        asking = asyncio.create_task(announcements.reply("turn", 10))
        await asyncio.sleep(0)
        await asyncio.to_thread(announcements.announce, "turn", reply)
        return await asking

    assert asyncio.run(ask_first()) is reply


def test_a_turn_that_never_begins_is_not_waited_for_for_ever():
    announcements = Announcements()
    announcements.announce("another turn", live_reply())
    assert asyncio.run(announcements.reply("turn", 0.01)) is None


def test_of_two_that_ask_for_a_turn_the_later_one_hears_of_it_at_once():
    announcements, reply = Announcements(), live_reply()

    async def ask_twice():
        first = asyncio.create_task(announcements.reply("turn", 0.05))
        second = asyncio.create_task(announcements.reply("turn", 10))
        await asyncio.sleep(0)
        announcements.announce("turn", reply)
        return await second, await first

    assert (asyncio.run(ask_twice()))[0] is reply


def test_an_announcement_after_the_listener_has_gone_hurts_nobody():
    announcements = Announcements()
    asyncio.run(announcements.reply("turn", 0.01))
    announcements.announce("turn", live_reply())


def test_nothing_is_kept_of_a_reply_that_nobody_asked_for():
    announcements, reply = Announcements(), live_reply()
    announcements.announce("turn", reply)
    kept = weakref.ref(reply)
    del reply
    gc.collect()
    assert kept() is None
