"""Rules over a control system's database: by what it holds, and on one that runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from puretango.lint import Settings, lint_database
from puretango.lint.facility import DeviceEntry, Facility, ServerEntry, lint_facility
from puretango.lint.live import Polled
from puretango.model import (
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    PropertyModel,
    StateModel,
)
from puretango.server import Device, DevState, attribute, device_property
from puretango.testing import TangoSystem

MODEL = ClassModel(
    name="Supply",
    origin="source",
    description="There is only one device of it.",
    attributes=(AttributeModel(name="current"),),
    commands=(CommandModel(name="Ramp", argin=ArgumentModel("DevDouble")),),
    device_properties=(
        PropertyModel(name="Host", mandatory=True),
        PropertyModel(name="Port", data_type="DevLong", default=("5025",)),
    ),
)


def _device(name: str = "lab/supply/1", **changes: Any) -> DeviceEntry:
    entry = DeviceEntry(name, "Supply", "Supply/1", True, True, "6")
    entry.properties = {"Host": ["supply1"]}
    entry.model = MODEL
    for field, value in changes.items():
        setattr(entry, field, value)
    return entry


def _facility(*devices: DeviceEntry, **changes: Any) -> Facility:
    devices = devices or (_device(),)
    found = Facility("127.0.0.1:10000", {one.name.lower(): one for one in devices})
    server = ServerEntry("Supply/1", "host1", 1, True, [one.name for one in devices])
    found.servers = {server.name: server}
    found.models = {"Supply": MODEL}
    for field, value in changes.items():
        setattr(found, field, value)
    return found


def _three(**changes: Any) -> list[DeviceEntry]:
    return [_device(f"lab/supply/{number}", **changes) for number in (1, 2, 3)]


def _other(name: str, **changes: Any) -> ClassModel:
    return ClassModel(name=name, origin="live", **changes)


BROKEN: dict[str, Callable[[], Facility]] = {
    "TX001": lambda: _facility(aliases={"lab/supply/1": "lab/supply/1"}),
    "TX002": lambda: _facility(
        servers={"Supply/1": ServerEntry("Supply/1", devices=["lab/supply/1"])}
    ),
    "TX003": lambda: _facility(_device(answers=False)),
    "TX004": lambda: _facility(_device(attribute_properties={"curent": {"unit": ["A"]}})),
    "TX005": lambda: _facility(
        _device(properties={"Host": ["x"], "polled_attr": ["current", "1000"]})
    ),
    "TX006": lambda: _facility(
        _device(
            properties={"Host": ["x"], "polled_attr": ["current", "1000"]},
            polling=[Polled("current", False, 1000, 1)],
        ),
        DeviceEntry(
            "arch/es/1",
            "HdbEventSubscriber",
            properties={"AttributeList": ["tango://h:10000/lab/supply/1/current;strategy=ALWAYS"]},
        ),
    ),
    "TX007": lambda: _facility(_device(), _device("lab/supply/2", library="5", server="Supply/2")),
    "TX008": lambda: _facility(
        _device("lab/a/1", properties={"Host": ["x"], "__SubDevices": ["lab/b/1"]}),
        _device("lab/b/1", properties={"Host": ["x"], "__SubDevices": ["lab/a/1"]}),
    ),
    "TX009": lambda: _facility(host="control.example.org:10000"),
    "TX010": lambda: _facility(*[_device(f"lab/supply/{number}") for number in range(40)]),
    "TP004": lambda: _facility(_device(properties={})),
    "TP005": lambda: _facility(_device(properties={"Host": ["x"], "Prot": ["1"]})),
    "TP006": lambda: _facility(_device(properties={"Host": ["x"], "Port": ["five"]})),
    "TP009": lambda: _facility(_device(properties={"Host": ["x"], "Password": ["secret"]})),
    "TP010": lambda: _facility(*_three(properties={"Host": ["supply"]})),
    "TC401": lambda: _facility(_device(properties={"Host": ["x"], "polled_cmd": ["Ramp", "1000"]})),
    "TA010": lambda: _facility(
        _device(attribute_properties={"current": {"min_value": ["3"], "max_value": ["1"]}})
    ),
    "TA013": lambda: _facility(_device(attribute_properties={"current": {"delta_t": ["3"]}})),
    "TA028": lambda: _facility(
        _device(attribute_properties={"current": {"archive_abs_change": ["often"]}})
    ),
    "TI009": lambda: _facility(
        _device("lab/supply/1"), _device("lab/supply/2", properties={"Host": ["y"]})
    ),
    "TN402": lambda: _facility(
        _device(model=_other("Gauge", attributes=(AttributeModel(name="temperature"),)),
                class_name="Gauge"),
        _device("lab/oven/1", class_name="Oven",
                model=_other("Oven", attributes=(AttributeModel(name="tempSet"),))),
    ),
    "TA027": lambda: _facility(
        _device(attribute_properties={"current": {"abs_change": ["0.1"]}})
    ),
    "TS017": lambda: _facility(
        _device(class_name="Gauge", model=_other("Gauge", states=(StateModel(name="ON"),))),
        _device("lab/supply/2", class_name="Oven",
                model=_other("Oven", states=(StateModel(name="OPEN"),))),
    ),
    "TT010": lambda: _facility(
        _device(properties={"Host": ["x"], "polled_attr": ["current", "1000"]})
    ),
}  # fmt: skip
OF_DATABASES = tuple(BROKEN)


@pytest.mark.parametrize("rule", OF_DATABASES)
def test_each_rule_is_found(rule: str) -> None:
    found = lint_facility(BROKEN[rule](), Settings(select=(rule,)))
    assert {one.rule for one in found} == {rule}


def test_a_database_in_order() -> None:
    assert lint_facility(_facility(), Settings()) == []


def test_a_near_miss_is_named() -> None:
    (found,) = lint_facility(BROKEN["TP005"](), Settings(select=("TP005",)))
    assert found.advice == "did you mean port?"


class Supply(Device):
    """A supply."""

    Host = device_property(dtype=str, default_value="localhost", doc="Host name")

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.ON)

    @attribute(unit="A")
    def current(self) -> float:
        return 1.0


def test_a_running_database() -> None:
    with TangoSystem({Supply: ["lab/supply/1", "lab/supply/2"]}) as system:
        database = system.database
        database.put_device_property("lab/supply/1", {"Hosts": ["supply1"]})
        database.put_device_attribute_property(
            "lab/supply/2", {"curent": {"unit": ["A"]}, "current": {"delta_t": ["5"]}}
        )
        found = lint_database(Settings(), 3.0, (), database)
    told = {(one.rule, one.place.path) for one in found}
    assert ("TP005", "lab/supply/1") in told
    assert ("TX004", "lab/supply/2") in told
    assert ("TA013", "lab/supply/2") in told
    assert not [one for one in found if one.rule == "TX003"]


def test_a_database_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANGO_HOST", "127.0.0.1:9")
    (found,) = lint_database(Settings(), 1.0)
    assert found.rule == "TZ004"
