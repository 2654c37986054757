"""A playground without pages that talks until it is killed; run as a process of its own by test_kill.py.

It says on standard output, one JSON line each, what it was told is stored: a prompt that was sent, a reply that ended.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from storage.store import Store
from tests.playground import Playground

TALKERS = 4


def say(**fields):
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def talk(playground, number, chance):
    """One conversation after another, of a few turns each; now and then a reply is stopped, continued or made again."""
    turn = 0
    while True:
        conversation = None
        for _ in range(chance.randint(1, 4)):
            turn += 1
            prompt = f"{number}号第{turn}问"
            live = playground.send(prompt, conversation)
            conversation = live.conversation_id
            say(begun=prompt, conversation=conversation)
            if chance.random() < 0.3:
                time.sleep(chance.random() * 0.3)
                playground.turns.stop(live.id)
            message = playground.stored(live)
            if chance.random() < 0.2:
                message = playground.stored(
                    playground.turns.regenerate(conversation, message.id, playground.settings())
                )
            elif chance.random() < 0.3 and message.text:
                message = playground.stored(
                    playground.turns.continue_reply(conversation, message.reply.id, playground.settings())
                )
            say(ended=message.id, text=message.text, status=message.reply.status, conversation=conversation)


def main(folder, base_url, seed):
    store = Store(folder / "playground.db")
    store.replies.interrupt_streaming()
    playground = Playground(store, SimpleNamespace(base_url=base_url), folder)
    talkers = [
        threading.Thread(target=talk, args=(playground, number, random.Random(f"{seed}-{number}")))
        for number in range(TALKERS)
    ]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
