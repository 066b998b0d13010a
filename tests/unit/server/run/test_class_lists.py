"""PyTango's process-wide lists and statics, as views of the current server."""

from __future__ import annotations

import threading

import pytest

import puretango
from puretango.errors import DevFailed
from puretango.server import (
    AttrProperty,
    Device,
    Level,
    Logging,
    Server,
    class_list,
    command,
    get_class,
    get_classes,
    get_constructed_class,
    get_constructed_classes,
    get_cpp_class,
    get_cpp_classes,
)
from puretango.utils import raise_asynch_exception, set_complex_value
from puretango.values import AttrQuality, CmdArgType
from tests.waiting import until


class Listed(Device):
    @command
    def look(self) -> list[str]:
        found = get_constructed_class("Listed")
        assert found is self.get_device_class()
        return [info.name for info in get_classes()]


def test_class_lists_are_those_of_the_current_server() -> None:
    with Server("one", [Listed], devices={"Listed": ["test/lists/1"]}) as server:
        device = server.find_device("test/lists/1")
        assert device.look() == ["Listed"]
        assert get_class("Listed") == class_list[0] == class_list[:1][0]
        assert get_class("Other") is None
        assert [cls.get_name() for cls in get_constructed_classes()] == ["Listed"]
        assert len(get_cpp_classes()) == 0
        assert get_cpp_class("Listed") is None
        assert "Listed" in repr(class_list)


def test_logging_of_all_devices() -> None:
    with Server("one", [Listed], devices={"Listed": ["test/lists/1"]}, verbose=5) as server:
        logger = server.find_device("test/lists/1").get_logger()
        Logging.remove_logging_target(["*", "console::*"])
        assert logger.targets() == []
        Logging.add_logging_target(["test/lists/*", "console::cout"])
        assert logger.targets() == ["console::cout"]
        Logging.stop_logging()
        assert not logger.is_fatal_enabled()
        Logging.start_logging()
        assert logger.is_debug_enabled()
        assert Logging.get_core_logger().get_name() == "dserver/listed/one"


def test_level_names() -> None:
    assert [Level.get_name(level) for level in (100, 250, 600, 700, 0)] == [
        "OFF", "FATAL", "DEBUG", "UNKNOWN", "UNKNOWN"]  # fmt: skip
    assert [Level.get_value(name) for name in ("OFF", "WARN", "7")] == [0, 300, 7]
    with pytest.raises(ValueError, match="unknown level name: 'warn'"):
        Level.get_value("warn")


def test_attr_property() -> None:
    prop = AttrProperty("period", "1000")
    assert (prop.get_name(), prop.get_value(), prop.get_lg_value()) == ("period", "1000", 1000)
    assert AttrProperty("unit", "mm").get_lg_value() == 0


def test_an_exception_in_another_thread() -> None:
    caught: list[str] = []

    def work() -> None:
        try:
            until(lambda: False)
        except KeyboardInterrupt as error:
            caught.append(type(error).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    assert thread.ident is not None
    assert puretango.raise_asynch_exception is raise_asynch_exception
    assert raise_asynch_exception(thread.ident, KeyboardInterrupt) == 1
    thread.join(30)
    assert caught == ["KeyboardInterrupt"]
    assert raise_asynch_exception(thread.ident, KeyboardInterrupt) == 0


def test_set_complex_value() -> None:
    class Taker:
        def __init__(self, kind: CmdArgType) -> None:
            self.kind = kind
            self.got: list[object] = []

        def get_data_type(self) -> CmdArgType:
            return self.kind

        def set_value(self, *args: object) -> None:
            self.got.append(args)

        def set_value_date_quality(self, *args: object) -> None:
            self.got.append(("dated", *args))

    plain, encoded = Taker(CmdArgType.DevLong), Taker(CmdArgType.DevEncoded)
    valid = AttrQuality.ATTR_VALID
    for attr, value in ((plain, 3), (plain, (3, 1.0, valid)), (encoded, ("f", b"d"))):
        set_complex_value(attr, value)
    set_complex_value(encoded, ("f", b"d", 1.0, valid))
    assert plain.got == [(3,), ("dated", 3, 1.0, valid)]
    assert encoded.got == [(("f", b"d"),), ("dated", "f", b"d", 1.0, valid)]


def test_without_a_server() -> None:
    with pytest.raises(DevFailed) as caught:
        Logging.stop_logging()
    assert caught.value.args[0].reason == "API_UtilSingletonNotCreated"
