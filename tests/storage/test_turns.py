"""Whoever has waited longest for the only connection is next."""

import threading
import time

import pytest

from scimcore.conformance.storage_trial import USERS, user
from scimcore.errors import ServiceUnavailable
from scimcore.sql import SqlStorage
from scimcore.sql.turns import Turns


def test_turns_come_in_the_order_of_asking() -> None:
    turns, came = Turns(30), []
    turns.take()

    def wait(number: int) -> None:
        turns.take()
        came.append(number)
        turns.give()

    threads = []
    for number in range(5):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        threads.append(thread)
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.give()
    for thread in threads:
        thread.join()
    assert came == [0, 1, 2, 3, 4]
    turns.take()
    turns.give()


def test_nobody_waits_for_ever_and_who_has_gone_is_left_out() -> None:
    turns = Turns(0.01)
    turns.take()
    with pytest.raises(ServiceUnavailable, match="busy"):
        turns.take()
    turns.give()
    turns.take()
    turns.give()


class Interrupted(BaseException):
    pass


@pytest.mark.parametrize("has_come", [False, True])
def test_who_is_interrupted_while_waiting_keeps_nothing(has_come: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(30)
    turns.take()

    def interrupted(waiting: threading.Event, _: float) -> bool:
        if has_come:
            turns.give()
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(threading.Event, "wait", interrupted)
        with pytest.raises(Interrupted):
            turns.take()
    if not has_come:
        turns.give()
    turns.take()
    turns.give()


def test_a_turn_that_comes_at_the_last_moment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(30)
    turns.take()

    def late(waiting: threading.Event, _: float) -> bool:
        turns.give()
        return False

    with monkeypatch.context() as patched:
        patched.setattr(threading.Event, "wait", late)
        turns.take()
    turns.give()
    turns.take()


@pytest.mark.parametrize("error", [Interrupted, OSError])
def test_a_connection_that_cannot_be_had_ends_the_turn(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = SqlStorage("sqlite://", pool_timeout=0.5)
    storage.insert(USERS, user("a"))

    def fail() -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(storage.engine, "raw_connection", fail)
        with pytest.raises(error):
            storage.fetch(USERS, "a")
    assert storage.fetch(USERS, "a").id == "a"
    storage.close()
