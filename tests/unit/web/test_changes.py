"""Changes over HTTP: compared, written together, kept, undone."""

from __future__ import annotations

from typing import Any

from puretango.testing import TangoSystem
from tests.unit.web.client import Client


def change(
    name: str, old: list[str] | None, new: list[str] | None, **others: str
) -> dict[str, Any]:
    """A change of a device's property."""
    return {"kind": "device", "owner": "lab/push/1", "name": name, "old": old, "new": new, **others}


def test_changes_are_compared_written_kept_and_undone(expert: Client, system: TangoSystem) -> None:
    changes = [change("speed", None, ["1", "2"]), change("port", None, ["/dev/ttyS0"])]
    preview = expert.order("changes/preview", changes=changes)["changes"]
    assert [each["fits"] for each in preview] == [True, True]
    assert list(system.database.get_device_property_list("lab/push/1", "speed")) == []
    entries = expert.order("changes/apply", changes=changes)["entries"]
    stored = system.database.get_device_property("lab/push/1", ["speed", "port"])
    assert [list(stored[name]) for name in ("speed", "port")] == [["1", "2"], ["/dev/ttyS0"]]
    shown = expert.ask("properties", kind="device", owner="lab/push/1")["properties"]
    assert {"name": "speed", "value": ["1", "2"]} in shown
    expert.order("changes/apply", changes=[change("speed", ["1", "2"], ["3"])])
    history = expert.ask("property-history", kind="device", owner="lab/push/1", name="speed")[
        "history"
    ]
    assert ["1", "2"] in [each["value"] for each in history]
    last = expert.ask("journal", count=1)["entries"][0]
    assert (last["user"].partition("@")[0], last["what"]) == ("expert", "property")
    assert (last["change"]["old"], last["change"]["new"]) == (["1", "2"], ["3"])
    expert.order("journal/undo", id=last["id"])
    assert list(system.database.get_device_property("lab/push/1", "speed")["speed"]) == ["1", "2"]
    again = expert.post("journal/undo", id=last["id"])
    assert again.status == 409  # it is undone already
    expert.order("journal/undo", id=entries[1]["id"])
    assert list(system.database.get_device_property_list("lab/push/1", "port")) == []


def test_nothing_is_written_over_what_somebody_else_wrote(
    expert: Client, system: TangoSystem
) -> None:
    system.database.put_device_property("lab/push/1", {"limit": ["5"]})
    changes = [change("other", None, ["x"]), change("limit", ["4"], ["6"])]
    answer = expert.post("changes/apply", changes=changes)
    assert answer.status == 409
    assert "changed meanwhile" in answer.body["error"]
    assert list(system.database.get_device_property_list("lab/push/1", "other")) == []


def test_classes_free_objects_and_attributes_have_properties(
    expert: Client, system: TangoSystem
) -> None:
    changes = [
        {"kind": "class", "owner": "Pushing", "name": "doc_url", "old": None, "new": ["http://x"]},
        {"kind": "free", "owner": "Site", "name": "motto", "old": None, "new": ["µ and é"]},
        {"kind": "device-attribute", "owner": "lab/push/1", "attribute": "number", "name": "note", "old": None,
         "new": ["n"]},
    ]  # fmt: skip
    expert.order("changes/apply", changes=changes)
    assert list(system.database.get_class_property("Pushing", "doc_url")["doc_url"]) == ["http://x"]
    assert expert.ask("properties", kind="free", owner="Site")["properties"] == [
        {"name": "motto", "value": ["µ and é"]}
    ]
    shown = expert.ask("properties", kind="device", owner="lab/push/1")["attributes"]
    assert shown["number"]["note"] == ["n"]
    for each in changes:
        each["old"], each["new"] = each["new"], None
    expert.order("changes/apply", changes=changes)
    assert expert.ask("properties", kind="free", owner="Site")["properties"] == []


def setting(name: str, old: str, new: str, attribute: str = "number") -> dict[str, Any]:
    """A change of an attribute's setting."""
    return {"kind": "setting", "owner": "lab/push/1", "attribute": attribute, "name": name, "old": [old],
            "new": [new]}  # fmt: skip


def test_attribute_configuration(expert: Client, system: TangoSystem) -> None:
    """Settings are changed as properties are: compared, written together, kept, undone."""
    device = system.get_device("lab/push/1")
    before = device.get_attribute_config("number")
    changes = [
        setting("unit", before.unit, "mm"),
        change("note", None, ["with them"]),
        setting("max_alarm", before.alarms.max_alarm, "10"),
        setting("abs_change", before.events.ch_event.abs_change, "0.5"),
    ]
    preview = expert.order("changes/preview", changes=changes)["changes"]
    assert all(each["fits"] for each in preview)
    expert.order("changes/apply", changes=changes)
    config = device.get_attribute_config("number")
    written = config.unit, config.alarms.max_alarm, config.events.ch_event.abs_change
    assert written == ("mm", "10", "0.5")
    entries = {each["subject"]: each for each in expert.ask("journal", count=4)["entries"]}
    unit = entries["lab/push/1/number:unit"]
    assert (unit["what"], unit["change"]["new"]) == ("attribute configuration", ["mm"])
    expert.order("journal/undo", id=unit["id"])
    assert device.get_attribute_config("number").unit == before.unit
    assert expert.post("changes/apply", changes=[changes[2]]).status == 409
    wrong = expert.post(
        "changes/apply", changes=[setting("min_value", "Not specified", "x", "text")]
    )
    assert wrong.status == 502
    none = expert.post("changes/apply", changes=[setting("colour", "", "x")])
    assert none.status == 400


def test_settings_that_only_fit_together(expert: Client, system: TangoSystem) -> None:
    """Limits that move past the old ones: one request, not one after the other."""
    device = system.get_device("lab/push/1")
    for low, high in (("0", "10"), ("20", "30"), ("-9", "-5")):
        now = device.get_attribute_config("number")
        changes = [
            setting("min_warning", now.alarms.min_warning, low),
            setting("max_warning", now.alarms.max_warning, high),
        ]
        expert.order("changes/apply", changes=changes)
        alarms = device.get_attribute_config("number").alarms
        assert (alarms.min_warning, alarms.max_warning) == (low, high)
