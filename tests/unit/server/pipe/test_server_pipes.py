"""Pipes: declared in every way, read, written, configured, refused, pushed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed, Except
from puretango.server import Device, DeviceClass, LatestDeviceImpl, Server, attribute, pipe
from puretango.values import (
    AttReqType,
    CmdArgType,
    DispLevel,
    EventType,
    GreenMode,
    PipeInfo,
    PipeWriteType,
)
from tests.unit.server.conftest import Serve
from tests.waiting import until


class Detector(Device):
    """A device with pipes of every kind."""

    kept: Any = ("ROI", {"x": 0, "size": [100, 200]})
    requests: list[AttReqType]
    allowed = True

    def init_device(self) -> None:
        super().init_device()
        self.requests = []

    @pipe(label="Region Of Interest", display_level=DispLevel.EXPERT)
    def ROI(self) -> Any:
        """The active region of interest"""
        return self.kept

    @ROI.write
    def ROI(self, blob: Any) -> None:
        self.kept = blob

    @ROI.is_allowed
    def ROI(self, kind: AttReqType) -> bool:
        self.requests.append(kind)
        return self.allowed

    plain = pipe()

    def read_plain(self) -> Any:
        return "plain", {"a": 1}

    other = pipe(name="Other", fget="take", fset="give", doc="By name")

    def take(self) -> Any:
        return "other", {"b": 2.5}

    def give(self, blob: Any) -> None:
        raise ValueError(f"no {blob[0]}")

    nothing = pipe()

    def read_nothing(self) -> None:
        return None

    empty = pipe()

    def read_empty(self) -> Any:
        return "empty", {}

    wrong = pipe()

    def read_wrong(self) -> Any:
        return "wrong", {"a": object()}

    @attribute
    def number(self) -> float:
        return 1.0


@pytest.fixture
def proxy(serve: Serve) -> Any:
    return serve(Detector).proxy()


def refusal(call: Any, *args: Any) -> DevFailed:
    with pytest.raises(DevFailed) as caught:
        call(*args)
    return caught.value


def values(blob: Any) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in blob[1]}


def test_list_and_configurations(proxy: Any) -> None:
    names = ["Other", "ROI", "empty", "nothing", "plain", "wrong"]
    assert list(proxy.get_pipe_list()) == names
    assert [info.name for info in proxy.get_pipe_config()] == names
    roi = proxy.get_pipe_config("roi")
    assert roi == PipeInfo(
        name="ROI", label="Region Of Interest", description="The active region of interest",
        disp_level=DispLevel.EXPERT, writable=PipeWriteType.PIPE_READ_WRITE,
    )  # fmt: skip
    other, plain = proxy.get_pipe_config(["Other", "plain"])
    assert (other.writable, other.description) == (PipeWriteType.PIPE_READ_WRITE, "By name")
    assert (plain.writable, plain.label) == (PipeWriteType.PIPE_READ, "plain")
    assert plain.description == "No description"
    assert refusal(proxy.get_pipe_config, "absent").args[0].reason == "API_PipeNotFound"


def test_read_write_and_both(proxy: Any) -> None:
    name, elements = proxy.read_pipe("rOi")
    assert name == "ROI"
    assert [(each["name"], each["dtype"]) for each in elements] == [
        ("x", CmdArgType.DevLong64),
        ("size", CmdArgType.DevVarLong64Array),
    ]
    proxy.write_pipe("ROI", ("new", {"y": 5, "deep": ("in", {"s": "t"})}))
    name, elements = proxy.read_pipe("ROI")
    assert (name, elements[0]["value"]) == ("new", 5)
    assert elements[1]["value"][0] == "in"
    proxy.write_pipe("ROI", (name, elements))  # what was read can be written
    assert proxy.read_pipe("ROI") == (name, elements)
    assert values(proxy.write_read_pipe("ROI", ("again", {"z": 1.5}))) == {"z": 1.5}
    assert proxy.read_pipe("empty") == ("empty", [])


def test_failures_say_what_is_wrong(proxy: Any) -> None:
    added = "API_PipeFailed"
    absent = refusal(proxy.read_pipe, "absent")
    assert [each.reason for each in absent.args] == ["API_PipeNotFound", added]
    assert absent.args[0].desc == "absent pipe not found"
    unset = refusal(proxy.read_pipe, "nothing").args[0]
    assert unset.reason == "API_PipeValueNotSet"
    assert unset.desc == "Value for pipe nothing has not been updated"
    assert "Cannot determine" in refusal(proxy.read_pipe, "wrong").args[0].desc
    read_only = refusal(proxy.write_pipe, "plain", ("a", {}))
    assert [each.reason for each in read_only.args] == ["API_PipeNotWritable", added]
    assert read_only.args[0].desc == "Pipe plain is not writable"
    assert refusal(proxy.write_pipe, "absent", ("a", {})).args[0].reason == "API_PipeNotFound"
    raised = refusal(proxy.write_pipe, "Other", ("a", {})).args[0]
    assert raised.reason == "PyDs_PythonError"
    assert "no a" in raised.desc
    assert refusal(proxy.write_read_pipe, "plain", ("a", {})).args[-1].reason == added
    with pytest.raises(TypeError):
        proxy.write_pipe("ROI", 3)
    with pytest.raises(TypeError):
        proxy.set_pipe_config("ROI")


def test_is_allowed_is_asked_for_both(serve: Serve) -> None:
    served = serve(Detector)
    proxy = served.proxy()
    proxy.read_pipe("ROI")
    proxy.write_pipe("ROI", ("a", {}))
    assert served.device.requests == [AttReqType.READ_REQ, AttReqType.WRITE_REQ]
    served.device.allowed = False
    read, write = refusal(proxy.read_pipe, "ROI"), refusal(proxy.write_pipe, "ROI", ("a", {}))
    assert {read.args[0].reason, write.args[0].reason} == {"API_PipeNotAllowed"}
    assert read.args[0].desc == "It is currently not allowed to read pipe ROI"
    assert write.args[0].desc == "It is currently not allowed to write pipe ROI"


def test_configuration_and_the_way_back(serve: Serve) -> None:
    served = serve(Detector)
    proxy = served.proxy()
    info = proxy.get_pipe_config("ROI")
    info.label, info.description = "Mine", "Changed"
    proxy.set_pipe_config(info)
    assert proxy.get_pipe_config("ROI") == info
    served.admin().DevRestart("test/unit/1")
    assert proxy.get_pipe_config("ROI") == info
    info.label, info.description = "", "Not specified"
    proxy.set_pipe_config([info])
    back = proxy.get_pipe_config("ROI")
    assert (back.label, back.description) == ("Region Of Interest", "No description")
    info.label = info.description = "NaN"
    proxy.set_pipe_config(info)
    assert proxy.get_pipe_config("ROI").label == "Region Of Interest"
    info.writable = PipeWriteType.PIPE_READ
    refused = refusal(proxy.set_pipe_config, [proxy.get_pipe_config("plain"), info, info])
    assert refused.args[0].reason == "API_AttrNotAllowed"
    assert "All previous" in refused.args[0].desc
    assert "All remaining" in refused.args[0].desc


def test_members_of_the_proxy(proxy: Any) -> None:
    assert values(proxy.ROI)["x"] == 0
    proxy.ROI = ("set", {"x": 7})
    assert values(proxy.roi) == {"x": 7}
    assert proxy.number == 1.0
    assert {"ROI", "roi", "plain"} <= set(dir(proxy))
    with pytest.raises(AttributeError):
        _ = proxy.Absent
    with pytest.raises(AttributeError):
        proxy.Absent = 1


def test_black_box_names_the_requests(proxy: Any) -> None:
    proxy.write_read_pipe("ROI", ("a", {}))
    proxy.write_pipe("ROI", ("a", {}))
    proxy.read_pipe("ROI")
    newest = proxy.black_box(3)
    for line, operation in zip(newest, ("read", "write", "write_read"), strict=True):
        assert f"Operation {operation}_pipe_5 (ROI) requested from" in line


def test_a_lock_of_ones_own_is_no_hindrance(serve: Serve) -> None:
    served = serve(Detector)
    served.admin().LockDevice([[10], ["test/unit/1"]])
    served.proxy().write_pipe("ROI", ("mine", {}))
    served.proxy().read_pipe("ROI")


def test_inherited_and_overridden(serve: Serve) -> None:
    class Base(Device):
        shared = pipe()

        def read_shared(self) -> Any:
            return "base", {}

        hidden = pipe(fget="read_shared")

    class Derived(Base):
        hidden = None

        def read_shared(self) -> Any:
            return "derived", {}

    proxy = serve(Derived).proxy()
    assert list(proxy.get_pipe_list()) == ["shared"]
    assert proxy.read_pipe("shared") == ("derived", [])


def test_low_level_style() -> None:
    class Old(LatestDeviceImpl):
        def __init__(self, cl: Any, name: str) -> None:
            super().__init__(cl, name)
            self.kept: Any = ("first", {"a": 1})

        def read_Data(self, data: Any) -> None:
            data.set_value(self.kept)

        def write_Data(self, data: Any) -> None:
            self.kept = data.get_value()

        def read_Silent(self, data: Any) -> None:
            assert data.get_name() == "Silent"

    class OldClass(DeviceClass):
        pipe_list = {
            "Data": [PipeWriteType.PIPE_READ_WRITE, {"label": "The data", "Display level": DispLevel.EXPERT}],
            "Silent": [PipeWriteType.PIPE_READ],
        }  # fmt: skip

    with Server("unit", [(OldClass, Old, "Old")], devices={"Old": ["test/unit/1"]}) as server:
        check_low_level(DeviceProxy(server.access("test/unit/1")))


def check_low_level(proxy: Any) -> None:
    info = proxy.get_pipe_config("Data")
    assert (info.label, info.disp_level) == ("The data", DispLevel.EXPERT)
    assert values(proxy.read_pipe("Data")) == {"a": 1}
    proxy.write_pipe("Data", ("second", {"b": 2}))
    assert proxy.read_pipe("Data")[0] == "second"
    assert refusal(proxy.read_pipe, "Silent").args[0].reason == "API_PipeValueNotSet"


def test_errors_in_a_declaration_are_told_at_once() -> None:
    with pytest.raises(AttributeError, match="'missing' of device class Bad has no read method"):

        class Bad(Device):
            missing = pipe()

    with pytest.raises(DevFailed) as caught:
        pipe(unit="mm")
    assert caught.value.args[0].reason == "PyDs_WrongPipeDefinition"


def test_a_device_without_pipes(serve: Serve) -> None:
    class Bare(Device):
        """Nothing to read."""

    proxy = serve(Bare).proxy()
    assert list(proxy.get_pipe_list()) == []
    failed = refusal(proxy.set_pipe_config, PipeInfo(name="a"))
    assert failed.args[0].desc == "The device does not have any pipe"


def test_asyncio_device_and_client(serve: Serve) -> None:
    class Loop(Device):
        green_mode = GreenMode.Asyncio
        kept: Any = ("start", {})

        @pipe
        async def Data(self) -> Any:
            await asyncio.sleep(0)
            return self.kept

        @Data.write
        async def Data(self, blob: Any) -> None:
            await asyncio.sleep(0)
            self.kept = blob

    served = serve(Loop)

    async def main() -> None:
        from puretango.asyncio import DeviceProxy as Proxy

        proxy = await Proxy(served.server.access("test/unit/1"))
        await proxy.write_pipe("Data", ("async", {"a": 1}))
        assert values(await proxy.read_pipe("Data")) == {"a": 1}
        assert (await proxy.get_pipe_config("Data")).name == "Data"
        assert (await proxy.write_read_pipe("Data", ("both", {})))[0] == "both"
        assert (await proxy.Data)[0] == "both"

    asyncio.run(main())


@pytest.mark.slow
def test_events(serve: Serve) -> None:
    served = serve(Detector)
    proxy = served.proxy()
    device = served.device
    device.push_pipe_event("ROI", ("nobody", {}))
    assert refusal(proxy.subscribe_event, "absent", EventType.PIPE_EVENT, print).args[0].reason == (
        "API_PipeNotFound"
    )
    got: list[Any] = []
    number = proxy.subscribe_event("ROI", EventType.PIPE_EVENT, got.append)
    queued = proxy.subscribe_event("roi", EventType.PIPE_EVENT, 10)
    until(lambda: got)
    device.push_pipe_event("ROI", ("pushed", {"n": [1.5], "in": ("i", {"a": 1})}))
    device.push_pipe_event("ROI", ("later", {}), 1000.5)
    try:
        Except.throw_exception("Reason", "desc", "origin")
    except DevFailed as failed:
        device.push_pipe_event("ROI", failed)
    until(lambda: len(got) == 4)
    first, pushed, later, failed_event = got
    assert first.pipe_value.extract()[0] == "ROI"
    assert (pushed.event, pushed.err) == ("pipe", False)
    assert pushed.pipe_name.endswith("/test/unit/1/roi#dbase=no")
    assert (pushed.pipe_value.root_blob_name, pushed.pipe_value.name) == ("pushed", "ROI")
    assert pushed.pipe_value.data_elt_names == ["n", "in"]
    assert dict(pushed.pipe_value.data)["in"][0] == "i"
    assert later.pipe_value.time.totime() == 1000.5
    assert failed_event.err
    assert failed_event.errors[0].reason == "Reason"
    assert failed_event.pipe_value is None
    assert len(proxy.get_events(queued)) == 4
    proxy.unsubscribe_event(number)
    proxy.unsubscribe_event(queued)
    with pytest.raises(DevFailed):
        device.push_pipe_event("absent", ("a", {}))
