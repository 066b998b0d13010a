"""A server that lies: real replies with bytes changed, cut off or exchanged, for every call that a client has."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import puretango as tango
from puretango.client import default_context
from puretango.database import DatabaseServer
from puretango.giop import Reply
from puretango.net import ClientConnection
from tests.unit.client.events.test_event_supervision import NAME, declare, served

ROUNDS = 30
"""Changed replies for each call; `make soak` takes more."""


class Liar:
    """Changes the replies that arrive, from a seed on."""

    def __init__(self) -> None:
        self.random = random.Random(1)
        self.lies = False
        self.told = 0

    def change(self, reply: Reply) -> Reply:
        """The reply with something wrong in its body; its header is as it was."""
        start = reply.body_start
        if not self.lies or len(reply.data) <= start:
            return reply
        self.told += 1
        body = bytearray(reply.data[start:])
        for _ in range(self.random.choice((1, 1, 2, 8))):
            place = self.random.randrange(len(body))
            way = self.random.randrange(6)
            if way == 0:
                body[place] = self.random.randrange(256)
            elif way == 1:
                del body[place:]
            elif way == 2:  # a count or a length
                place &= ~3
                body[place : place + 4] = self.random.choice(
                    (b"\xff" * 4, bytes(4), b"\1\0\0\0", b"\xff\xff\xff\x7f", b"\2\0\0\0")
                )
            elif way == 3:
                body[place:place] = bytes(self.random.randrange(256) for _ in range(4))
            elif way == 4:  # texts where numbers should be
                body[place : place + 2] = b"-x"
            else:
                body = bytearray(self.random.randrange(256) for _ in range(len(body)))
            if not body:
                break
        data = bytes(reply.data[:start]) + bytes(body)
        return Reply(reply.request_id, reply.status, data, start, reply.little, reply.minor)


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Liar]:
    """Between the connection and whatever reads its replies."""
    made = Liar()
    for name in ("call", "invoke"):
        real = getattr(ClientConnection, name)

        def changed(self: Any, *args: Any, _real: Any = real, **kwargs: Any) -> Reply:
            return made.change(_real(self, *args, **kwargs))

        monkeypatch.setattr(ClientConnection, name, changed)
    yield made
    made.lies = False


def calls_of(proxy: Any) -> dict[str, Callable[[], Any]]:
    """One call of every kind that a device answers."""
    group = tango.Group("all")
    group.add(proxy.get_fqdn_name() if hasattr(proxy, "get_fqdn_name") else NAME)
    attribute = tango.AttributeProxy(proxy, "number")
    config = proxy.get_attribute_config("number")
    names = ["number", "numbers", "colour", "State", "broken"]
    return {
        "read": lambda: proxy.read_attribute("number"),
        "read of a list": lambda: proxy.read_attribute("numbers"),
        "read of several": lambda: proxy.read_attributes(names),
        "member": lambda: proxy.number,
        "enum member": lambda: proxy.colour,
        "write": lambda: proxy.write_attribute("number", 1.0),
        "write of a list": lambda: proxy.write_attribute("numbers", [1.0, 2.0]),
        "write of several": lambda: proxy.write_attributes([("number", 1.0), ("count", 2)]),
        "write_read": lambda: proxy.write_read_attribute("number", 1.0),
        "write_read of several": lambda: proxy.write_read_attributes([("count", 1)], names),
        "command": lambda: proxy.command_inout("Twice", 1.0),
        "text command": lambda: proxy.command_inout("Echo", "x"),
        "void command": lambda: proxy.command_inout("State"),
        "raw command": lambda: proxy.command_inout_raw("Status").extract(),
        "failing command": lambda: proxy.command_inout("Fail"),
        "state": proxy.state,
        "status": proxy.status,
        "ping": proxy.ping,
        "info": proxy.info,
        "name": proxy.name,
        "description": proxy.description,
        "adm_name": proxy.adm_name,
        "black_box": lambda: proxy.black_box(5),
        "command_query": lambda: proxy.command_query("Twice"),
        "command_list": proxy.command_list_query,
        "command config": lambda: proxy.get_command_config(["Twice", "State"]),
        "attribute_query": lambda: proxy.attribute_query("number"),
        "attribute_list": proxy.attribute_list_query_ex,
        "configuration": lambda: proxy.get_attribute_config("number"),
        "set configuration": lambda: proxy.set_attribute_config(config),
        "history": lambda: proxy.attribute_history("number", 3),
        "command history": lambda: proxy.command_history("State", 3),
        "polling_status": proxy.polling_status,
        "is polled": lambda: proxy.is_attribute_polled("number"),
        "poll": lambda: proxy.poll_attribute("number", 1000),
        "logging level": proxy.get_logging_level,
        "logging target": proxy.get_logging_target,
        "locking": proxy.is_locked,
        "locker": proxy.locking_status,
        "library": proxy.get_tango_lib_version,
        "pipes": proxy.get_pipe_list,
        "telemetry": proxy.get_telemetry_topics,
        "alias": proxy.alias,
        "import": proxy.import_info,
        "properties": lambda: proxy.get_property(["a", "b"]),
        "property list": lambda: proxy.get_property_list("*"),
        "new proxy": lambda: tango.DeviceProxy(NAME_OF[0]),
        "attribute proxy": attribute.read,
        "group": lambda: group.read_attribute("number"),
        "asynch": lambda: proxy.read_attribute_reply(proxy.read_attribute_asynch("number"), 0),
        "asynch command": lambda: proxy.command_inout_reply(
            proxy.command_inout_asynch("Twice", 1.0), 0
        ),
        "subscribe": lambda: proxy.unsubscribe_event(
            proxy.subscribe_event("pushed", tango.EventType.CHANGE_EVENT, print)
        ),
    }


NAME_OF = [NAME]


def lie_to(calls: dict[str, Callable[[], Any]], liar: Liar, rounds: int) -> list[str]:
    """Make each call with changed replies; what it raised that is no DevFailed."""
    wrong = []
    for name, call in calls.items():
        for seed in range(rounds):
            liar.random.seed(f"{name} {seed}")
            if seed % 2:  # with the plans of calls that went well
                for _ in range(3):
                    with suppress(tango.DevFailed):
                        call()
            liar.lies = True
            try:
                call()
            except tango.DevFailed:
                pass
            except Exception as exc:
                wrong.append(f"{name} {seed}: {type(exc).__name__}: {exc}")
            finally:
                liar.lies = False
            for session in list(default_context().sessions):
                session.lost()
                session.failed_at = None
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_call_of_a_device(tmp_path: Path, liar: Liar) -> None:
    with DatabaseServer(str(tmp_path / "store")) as database:
        host = declare(database)
        with served(database=host) as server:
            proxy = tango.DeviceProxy(f"tango://{host}/{NAME}")
            NAME_OF[0] = f"tango://{host}/{NAME}"
            calls = calls_of(proxy)
            wrong = lie_to(calls, liar, ROUNDS)
            assert not wrong, "\n".join(wrong)
            assert liar.told > len(calls) * ROUNDS / 2
            assert proxy.read_attribute("number").value == server.find_device(NAME)._number


@pytest.mark.timeout(400)
def test_every_question_to_a_database(tmp_path: Path, liar: Liar) -> None:
    with DatabaseServer(str(tmp_path / "store")) as database:
        host, _, port = declare(database).partition(":")
        asked = tango.Database(host, int(port))
        asked.put_device_property(NAME, {"a": ["1", "2"]})
        asked.put_device_attribute_property(NAME, {"number": {"unit": ["V"]}})
        calls: dict[str, Callable[[], Any]] = {
            "property": lambda: asked.get_device_property(NAME, ["a"]),
            "attribute property": lambda: asked.get_device_attribute_property(NAME, ["number"]),
            "history": lambda: asked.get_device_property_history(NAME, "a"),
            "import": lambda: asked.import_device(NAME),
            "device info": lambda: asked.get_device_info(NAME),
            "server info": lambda: asked.get_server_info("Thing/test"),
            "info": asked.get_info,
            "services": lambda: asked.get_services("x", "*"),
            "service list": asked.get_service_list,
            "class list": lambda: asked.get_server_class_list("Thing/test"),
            "exported": lambda: asked.get_device_exported("*"),
            "class": lambda: asked.get_class_for_device(NAME),
            "server data": lambda: tango.DbServerData("Thing", "test"),
            "release": asked.get_server_release,
            "access": lambda: asked.check_access_control(NAME),
        }
        del calls["server data"]  # asks the TANGO_HOST of the environment
        wrong = lie_to(calls, liar, ROUNDS)
        assert not wrong, "\n".join(wrong)
        assert asked.get_device_property(NAME, ["a"]) == {"a": ["1", "2"]}
