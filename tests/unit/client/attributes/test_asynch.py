"""Asynchronous calls with ids and callbacks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import puretango as tango
from puretango import ApiUtil, asyn_req_type, cb_sub_model
from puretango.client.context._pending import PendingCalls


@pytest.fixture(autouse=True)
def _pull() -> Iterator[None]:
    yield
    ApiUtil.instance().set_asynch_cb_sub_model(cb_sub_model.PULL_CALLBACK)


def test_polling(thing: Any) -> None:
    number = thing.command_inout_asynch("Twice", 2.0)
    assert thing.command_inout_reply(number, timeout=1000) == 4.0
    number = thing.write_attribute_asynch("number", 8.5)
    thing.write_attribute_reply(number, poll_timeout=1000)
    number = thing.read_attributes_asynch(["number", "broken"])
    good, bad = thing.read_attributes_reply(number, poll_timeout=1000)
    assert (good.value, bad.has_failed) == (8.5, True)
    with pytest.raises(tango.AsynCall, match="API_BadAsynPollId"):
        thing.read_attribute_reply(number)


def test_several_names_are_not_one_text(thing: Any) -> None:
    """Its letters would be read."""
    group = tango.Group("one")
    for read in (thing.read_attributes, thing.read_attributes_asynch, group.read_attributes):
        with pytest.raises(TypeError, match="not the text 'number'"):
            read("number")


def test_who_takes_the_reply_says_in_what_form(thing: Any) -> None:
    number = thing.read_attribute_asynch("numbers")
    as_list = thing.read_attribute_reply(number, 1000, tango.ExtractAs.List)
    assert as_list.value == [1.0, 2.0]
    number = thing.read_attributes_asynch(["numbers", "number"])
    array, scalar = thing.read_attributes_reply(number, 1000)
    assert (array.value.tolist(), scalar.value) == ([1.0, 2.0], 1.5)


def test_not_there_yet(thing: Any) -> None:
    number = thing.read_attribute_asynch("slow")
    assert thing.pending_asynch_call(asyn_req_type.POLLING) == 1
    for timeout in (None, 20):
        with pytest.raises(tango.AsynReplyNotArrived, match=f"id = {number}"):
            thing.read_attribute_reply(number, poll_timeout=timeout)
    assert thing.read_attribute_reply(number, poll_timeout=0).value == 1.0
    assert thing.pending_asynch_call(asyn_req_type.ALL_ASYNCH) == 0


def test_pull(thing: Any) -> None:
    got: list[Any] = []
    thing.command_inout_asynch("Twice", 2.0, got.append)
    thing.command_inout_asynch("Fail", None, got.append)
    thing.read_attribute_asynch("number", got.append)
    thing.write_attributes_asynch([("number", 1.0)], got.append)
    assert got == []
    ApiUtil.instance().get_asynch_replies(2000)
    events = {type(event).__name__: event for event in got if not event.err}
    assert events["CmdDoneEvent"].argout == 4.0
    assert events["AttrReadEvent"].argout[0].value in (1.0, 1.5)
    assert events["AttrWrittenEvent"].attr_names == ["number"]
    (failed,) = [event for event in got if event.err]
    assert failed.errors[0].reason == "Thing_Failed"
    with pytest.raises(tango.DevFailed, match="API_EmptyDeviceData"):
        _ = failed.argout


def test_push(thing: Any) -> None:
    ApiUtil.instance().set_asynch_cb_sub_model(cb_sub_model.PUSH_CALLBACK)
    done = threading.Event()
    got: list[Any] = []

    class Callback:
        def attr_read(self, event: Any) -> None:
            got.append(event)
            done.set()

    thing.read_attribute_asynch("number", Callback())
    assert done.wait(30)
    assert (got[0].device, got[0].argout[0].value) == (thing, 1.5)


def test_a_callback_asks_for_replies(thing: Any) -> None:
    """And another thread too: each callback is run once."""
    got: list[float] = []
    util = ApiUtil.instance()

    def ask(event: Any) -> None:
        got.append(event.argout)
        util.get_asynch_replies()

    for number in range(5):
        thing.command_inout_asynch("Twice", float(number), ask)
    with ThreadPoolExecutor(2) as pool:
        for waiting in [pool.submit(util.get_asynch_replies, 2000) for _ in range(2)]:
            waiting.result()
    assert sorted(got) == [0.0, 2.0, 4.0, 6.0, 8.0]


def test_pulled_while_it_is_pushed(thing: Any) -> None:
    got: list[Any] = []
    pending = PendingCalls()
    pending.model = cb_sub_model.PUSH_CALLBACK
    with pending._changed:  # the reply is here, and the thread that would push it waits
        pending.start(thing, "command", int, got.append)
        (call,) = pending._calls.values()
        assert call.future.result(30) == 0
        pending.deliver()
    assert call.thread is not None
    call.thread.join(30)
    assert got == [call.future]


def test_no_thread_for_a_call(thing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    thing.ping()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError):
        thing.command_inout_asynch("Twice", 1.0, print)
    assert thing.pending_asynch_call(asyn_req_type.ALL_ASYNCH) == 0
