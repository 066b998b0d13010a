"""Servers and databases that fall silent under a subscription, and why no events come; with short times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import puretango as tango
from puretango import EventReason, EventSubMode, EventType
from puretango.client import default_context, events_of
from puretango.database import DatabaseServer
from puretango.events import Timing
from puretango.server import Server
from tests.unit.client.conftest import Thing
from tests.unit.client.events.test_events import Events
from tests.unit.client.session.test_reconnection import free_port
from tests.waiting import Clock, until

CHANGE = EventType.CHANGE_EVENT
BEAT = 0.05
QUICK = Timing(patience=0.5, confirm=0.2, retry=0.4, first_retry=0.1)
NAME = "test/thing/1"


@pytest.fixture(autouse=True)
def _quick_client(patient_publishers: None) -> None:
    events_of(default_context()).book.timing = QUICK


def stopped_clock() -> Clock:
    """From now on the client's supervision goes by a clock that the test steps."""
    room = events_of(default_context())
    room.clock = clock = Clock(time.monotonic())
    return clock


def let_pass(clock: Clock, seconds: float) -> None:
    """Steps the clock, but never on without a heartbeat: no silence of a busy machine is in it."""
    room = events_of(default_context())
    (channel,) = room.book.channels.values()
    ended = clock() + seconds
    while clock() < ended:
        before = channel.beats
        until(lambda before=before: channel.beats > before)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        clock.step(QUICK.patience / 2)
        room.keeper.wake()


@contextmanager
def served(
    port: int = 0, database: str | None = None, instance: str = "test", **options: Any
) -> Iterator[Server]:
    """A server whose heart beats quickly."""
    if database is None:
        options["devices"] = {"Thing": [NAME]}
    server = Server(
        instance,
        [Thing],
        server_name="Thing",
        port=port or free_port(),
        database=database,
        **options,
    )
    server.publisher.feeds.heartbeat_period = BEAT
    with server:
        yield server


class Told(Events):
    """Events, and what they say in short."""

    @property
    def errors(self) -> list[Any]:
        return [event for event in list(self.got) if event.err]

    def ends_with_value(self) -> bool:
        return bool(self.got) and not self.got[-1].err

    def wait_for_loss(self) -> None:
        until(lambda: self.errors)
        error = self.errors[0]
        assert error.event_reason == EventReason.SubFail
        assert [one.reason for one in error.errors] == ["API_EventTimeout"]
        assert error.errors[0].desc == (
            "Event channel is not responding anymore, maybe the server or event system is down"
        )

    def wait_for_recovery(self) -> None:
        until(self.ends_with_value)
        assert self.got[-1].event_reason == EventReason.Update


def push(server: Server, value: float) -> None:
    server.find_device(NAME).push_change_event("pushed", value)


def test_a_server_that_goes_and_comes_back() -> None:
    told = Told()
    with served() as server:
        port = server.port
        proxy = tango.DeviceProxy(server.access(NAME))
        number = proxy.subscribe_event("pushed", CHANGE, told)
    told.wait_for_loss()
    until(lambda: len(told.errors) >= 3)  # told again and again
    found = proxy.diagnose(number)
    assert found["cause"] == "SERVER_GONE"
    assert "attempts to subscribe again failed" in found["text"]
    with served(port) as server:
        told.wait_for_recovery()
        push(server, 42.0)
        until(lambda: told.got[-1].attr_value.value == 42.0)
        assert proxy.diagnose(number)["cause"] == "RECEIVING"
        proxy.unsubscribe_event(number)


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(tmp_path / "store.sqlite")


def declare(database: DatabaseServer, instance: str = "test") -> str:
    info = tango.DbDevInfo()
    info.name, info.klass, info.server = NAME, "Thing", f"Thing/{instance}"
    host, _, port = database.tango_host.partition(":")
    tango.Database(host, int(port)).add_server(info.server, [info], with_dserver=True)
    return database.tango_host


def test_events_need_no_database_once_subscribed(store: str) -> None:
    told, clock = Told(), stopped_clock()
    with DatabaseServer(store) as database:
        host = declare(database)
        server = Server("test", [Thing], server_name="Thing", database=host)
        server.publisher.feeds.heartbeat_period = BEAT
        server.start()
        proxy = tango.DeviceProxy(f"tango://{host}/{NAME}")
        number = proxy.subscribe_event("pushed", CHANGE, told)
    try:
        push(server, 1.0)
        told.wait(2)
        let_pass(clock, 4 * QUICK.patience)
        push(server, 2.0)
        told.wait(3)
        assert told.errors == []
        proxy.unsubscribe_event(number)
    finally:
        with DatabaseServer(store, port=int(host.partition(":")[2])):
            server.stop()


def test_a_server_that_moves_while_the_database_is_away(store: str) -> None:
    told = Told()
    with DatabaseServer(store) as database:
        host = declare(database)
        with served(database=host) as server:
            first = server.port
            proxy = tango.DeviceProxy(f"tango://{host}/{NAME}")
            number = proxy.subscribe_event("pushed", CHANGE, told)
    told.wait_for_loss()
    until(lambda: proxy.diagnose(number)["cause"] == "NO_DATABASE")
    with DatabaseServer(store, port=int(host.partition(":")[2])):
        until(lambda: proxy.diagnose(number)["cause"] == "SERVER_GONE")
        with served(database=host) as server:
            assert server.port != first
            told.wait_for_recovery()
            push(server, 7.0)
            until(lambda: told.got[-1].attr_value.value == 7.0)
            proxy.unsubscribe_event(number)


def test_a_device_that_moves_to_another_server(store: str) -> None:
    told = Told()
    with DatabaseServer(store) as database:
        host = declare(database)
        with served(database=host) as server:
            proxy = tango.DeviceProxy(f"tango://{host}/{NAME}")
            number = proxy.subscribe_event("pushed", CHANGE, told)
        told.wait_for_loss()
        declare(database, "other")
        with served(database=host, instance="other") as server:
            told.wait_for_recovery()
            push(server, 7.0)
            until(lambda: told.got[-1].attr_value.value == 7.0)
            assert list(events_of(default_context()).book.channels) == [
                f"tango://{host}/dserver/thing/other"
            ]
            proxy.unsubscribe_event(number)


def test_subscriptions_are_confirmed_before_they_end() -> None:
    told = Told()
    with served() as server:
        clock = stopped_clock()
        feeds = server.publisher.feeds
        feeds.clock, feeds.life = clock, 3 * QUICK.confirm
        proxy = tango.DeviceProxy(server.access(NAME))
        number = proxy.subscribe_event("pushed", CHANGE, told)
        assert feeds.book is not None
        (feed,) = feeds.book.feeds["test/thing/1", "pushed", "change"]
        for _ in range(6):
            expires = feed.expires
            let_pass(clock, QUICK.confirm)
            until(lambda expires=expires: feed.expires > expires)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert server.find_device(NAME).is_there_subscriber("pushed", CHANGE)
        proxy.unsubscribe_event(number)
        # Nobody confirms any more: nothing is sent, or even made.
        clock.step(feeds.life + 1)
        assert not server.find_device(NAME).is_there_subscriber("pushed", CHANGE)
        server.find_device(NAME).push_change_event("pushed", 1.0)


def test_subscribed_before_the_server_exists() -> None:
    port = free_port()
    proxy = tango.DeviceProxy(f"tango://127.0.0.1:{port}/{NAME}#dbase=no")
    told = Told()
    number = proxy.subscribe_event("pushed", CHANGE, told, EventSubMode.Stateless)
    (failed,) = told.got
    assert failed.event_reason == EventReason.SubFail
    assert [error.reason for error in failed.errors] == ["API_CantConnectToDevice"]
    assert failed.errors[0].desc == (
        f"Can't subscribe to event for device tango://127.0.0.1:{port}/{NAME}#dbase=no\n"
        "Check that device server is running..."
    )
    assert proxy.diagnose(number)["cause"] == "NOT_RUNNING"
    with served(port) as server:
        until(told.ends_with_value)
        assert told.got[-1].event_reason == EventReason.SubSuccess
        push(server, 5.0)
        until(lambda: told.got[-1].attr_value.value == 5.0)
        proxy.unsubscribe_event(number)


def test_one_attribute_less_after_a_restart() -> None:
    class Less(Thing):
        """The same class, but for one attribute that is pushed no more."""

        def init_device(self) -> None:
            super().init_device()
            self.set_change_event("pushed", False, False)
            self.set_change_event("number", True, False)

    told, other = Told(), Told()
    with served() as server:
        port = server.port
        server.find_device(NAME).set_change_event("number", True, False)
        proxy = tango.DeviceProxy(server.access(NAME))
        gone = proxy.subscribe_event("pushed", CHANGE, told)
        kept = proxy.subscribe_event("number", CHANGE, other)
    told.wait_for_loss()
    server = Server("test", [Less], server_name="Thing", port=port, devices={"Less": [NAME]})
    server.publisher.feeds.heartbeat_period = BEAT
    with server:
        other.wait_for_recovery()
        until(lambda: proxy.diagnose(gone)["cause"] == "NOT_POLLED")
        assert told.got[-1].errors[0].reason == "API_AttributePollingNotStarted"
        clock = stopped_clock()
        seen = len(other.got)
        let_pass(clock, 4 * QUICK.patience)
        assert len(other.got) == seen  # the other subscription's refusal does not touch this one
        for number in (gone, kept):
            proxy.unsubscribe_event(number)


# Why no events come.


def stateless(proxy: Any, attribute: str, kind: EventType = CHANGE) -> dict[str, Any]:
    number = proxy.subscribe_event(attribute, kind, Events(), EventSubMode.Stateless)
    found: dict[str, Any] = proxy.diagnose(number)
    proxy.unsubscribe_event(number)
    return found


def test_refusals_are_told_apart() -> None:
    with served() as server:
        proxy = tango.DeviceProxy(server.access(NAME))
        assert stateless(proxy, "number")["cause"] == "NOT_POLLED"
        proxy.poll_attribute("number", 1000)
        assert stateless(proxy, "number")["cause"] == "NO_CRITERIA"
        assert stateless(proxy, "pushed", EventType.DATA_READY_EVENT)["cause"] == "NO_CRITERIA"
        assert stateless(proxy, "no_such")["cause"] == "NO_ATTRIBUTE"


def test_a_wrong_name() -> None:
    port = free_port()
    proxy = tango.DeviceProxy(f"tango://127.0.0.1:{port}/no/such/device#dbase=no")
    number = proxy.subscribe_event("pushed", CHANGE, Told(), EventSubMode.Stateless)
    with served(port):
        until(lambda: proxy.diagnose(number)["cause"] == "NO_DEVICE")
        proxy.unsubscribe_event(number)


def test_polling_that_stops_under_a_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("puretango.client.events._diagnosis.QUIET", -1.0)
    with served() as server:
        proxy = tango.DeviceProxy(server.access(NAME))
        info = proxy.get_attribute_config("number")
        info.events.ch_event.abs_change = "1"
        proxy.set_attribute_config(info)
        proxy.poll_attribute("number", 1000)
        number = proxy.subscribe_event("number", CHANGE, Events())
        assert proxy.diagnose(number)["cause"] in {"UNCHANGED", "RECEIVING"}
        info.events.ch_event.abs_change = "Not specified"
        proxy.set_attribute_config(info)
        assert proxy.diagnose(number)["cause"] == "NO_CRITERIA"
        proxy.stop_poll_attribute("number")
        assert proxy.diagnose(number)["cause"] == "NOT_POLLED"
        proxy.unsubscribe_event(number)


def test_no_heartbeat() -> None:
    told = Told()
    with served() as server:
        server.publisher.feeds.heartbeat_period = 100.0
        proxy = tango.DeviceProxy(server.access(NAME))
        number = proxy.subscribe_event("pushed", CHANGE, told)
        until(lambda: proxy.diagnose(number)["cause"] == "NO_HEARTBEAT")
        told.wait_for_loss()
        proxy.unsubscribe_event(number)


def test_a_port_that_cannot_be_reached() -> None:
    """As behind a firewall: calls pass, what is published does not."""
    with served() as server:
        closed = f"tcp://127.0.0.1:{free_port()}"
        server.publisher.feeds.endpoints = lambda: ((closed, closed),)  # type: ignore[method-assign]  # on purpose: replaced for this test
        proxy = tango.DeviceProxy(server.access(NAME))
        number = proxy.subscribe_event("pushed", CHANGE, Events())
        found = proxy.diagnose(number)
        assert found["cause"] == "NO_EVENT_PORT"
        assert closed in found["text"]
        until(lambda: proxy.diagnose(number)["text"].startswith("the server answers, but the port"))
        proxy.unsubscribe_event(number)


@pytest.mark.parametrize("with_database", [False, True])
def test_a_server_that_leaves_the_names_to_the_client(with_database: bool, store: str) -> None:
    """Those of Tango 9.2 and before."""
    with (
        DatabaseServer(store) as database,
        served(database=declare(database) if with_database else None) as server,
    ):
        subscribe = server.publisher.subscribe

        def as_before(*arguments: Any) -> Any:
            longs, strings = subscribe(*arguments)
            return [925, *longs[1:]], strings[:-2]

        server.publisher.subscribe = as_before  # type: ignore[method-assign]  # on purpose: replaced for this test
        proxy = tango.DeviceProxy(server.access(NAME))
        told, clock = Told(), stopped_clock()
        number = proxy.subscribe_event("pushed", CHANGE, told)
        push(server, 3.0)
        told.wait(2)
        let_pass(clock, 4 * QUICK.patience)
        assert told.errors == []  # heartbeats are heard too
        proxy.unsubscribe_event(number)


def test_multicast_is_refused_in_words() -> None:
    with served() as server:
        pgm = "epgm://192.0.2.1;239.1.1.1:5555"
        server.publisher.feeds.endpoints = lambda: ((pgm, pgm),)  # type: ignore[method-assign]  # on purpose: replaced for this test
        proxy = tango.DeviceProxy(server.access(NAME))
        with pytest.raises(tango.DevFailed, match="MulticastEvent") as caught:
            proxy.subscribe_event("pushed", CHANGE, Events())
        assert caught.value.args[0].reason == "API_UnsupportedFeature"


def test_multicast_of_the_control_system(store: str, caplog: pytest.LogCaptureFixture) -> None:
    with DatabaseServer(store) as database:
        host = declare(database)
        name, _, port = host.partition(":")
        events = ["239.1.1.1", "5555", f"{NAME}/pushed.change"]
        tango.Database(name, int(port)).put_property("CtrlSystem", {"MulticastEvent": events})
        with served(database=host):
            assert "these events go by TCP" in caplog.text


async def test_diagnosis_without_blocking() -> None:
    import puretango.asyncio

    with served() as server:
        proxy = await puretango.asyncio.DeviceProxy(server.access(NAME))

        async def callback(_event: Any) -> None:
            """Nothing is to be done."""

        number = await proxy.subscribe_event("pushed", CHANGE, callback)
        assert (await proxy.diagnose(number))["cause"] == "UNCHANGED"
        await proxy.unsubscribe_event(number)
