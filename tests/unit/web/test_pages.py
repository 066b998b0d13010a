"""What the pages ask for, subject by subject, against devices in this process."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.sync.client import connect

from puretango.errors import DevFailed
from puretango.testing import TangoSystem
from puretango.web import WebServer
from tests.unit.web.client import Client


def change(
    name: str, old: list[str] | None, new: list[str] | None, **others: str
) -> dict[str, Any]:
    """A change of a device's property."""
    return {"kind": "device", "owner": "lab/push/1", "name": name, "old": old, "new": new, **others}


# ------------------------------------------------------------------------- navigator


def test_levels_of_the_six_trees(viewer: Client, system: TangoSystem) -> None:
    system.database.put_device_alias("lab/push/1", "pusher")
    system.database.put_property("Beam line", {"energy": ["12"]})
    labels = lambda by, path="": [  # noqa: E731
        entry["label"] for entry in viewer.ask("level", by=by, path=path)["entries"]
    ]
    viewer.ask("level", by="device")
    assert {"lab", "sys"} <= set(labels("device"))
    assert labels("device", "lab") == ["push"]
    assert labels("device", "LAB/push") == ["1"]
    assert "TestServer" in labels("server")
    assert labels("server", "TestServer") == ["test"]
    assert "lab/push/1" in labels("server", "TestServer/test")
    assert "TangoTest" in labels("class")
    assert labels("class", "Pushing") == ["lab/push/1"]
    (host,) = labels("host")
    assert "TestServer/test" in labels("host", host)
    assert viewer.get("level", by="x").status == 400


def test_search_finds_the_nearest_first(viewer: Client) -> None:
    hits = viewer.ask("search", q="tg_test")["hits"]
    assert hits[0] == {"kind": "device", "name": "sys/tg_test/1", "detail": "TangoTest"}
    kinds = {(hit["kind"], hit["name"]) for hit in viewer.ask("search", q="push")["hits"]}
    assert {("device", "lab/push/1"), ("class", "Pushing")} <= kinds
    assert "lab/push/1" in [hit["name"] for hit in viewer.ask("search", q="push lab")["hits"]]
    assert viewer.ask("search", q="no such thing")["hits"] == []


# ---------------------------------------------------------------------------- device


def test_a_device_tells_what_it_has(viewer: Client) -> None:
    about = viewer.ask("device", name="sys/tg_test/1")
    assert about["class"] == "TangoTest"
    assert about["server"] == "TestServer/test"
    by_name = {each["name"]: each for each in about["attributes"]}
    assert by_name["ampli"]["writable"]
    assert by_name["wave"]["format"] == "SPECTRUM"
    assert by_name["State"]["type"] == "DevState"
    commands = {each["name"]: each for each in about["commands"]}
    assert commands["DevDouble"]["in"] == "DevDouble"
    missing = (
        viewer.ask("device", name="sys/tg_test/1x") if False else viewer.get("device", name="a/b/c")
    )
    assert missing.status == 502
    assert missing.body["reason"] in ("DB_DeviceNotDefined", "API_DeviceNotDefined")


@pytest.mark.parametrize("source", ["device", "cache-device"])
def test_reading_once_tells_the_time(viewer: Client, source: str) -> None:
    found = viewer.ask("read", device="lab/push/1", attribute="large", source=source)
    assert found["value"] == "9007199254740993"  # no double holds it
    assert found["took"] > 0
    failed = viewer.get("read", device="lab/push/1", attribute="broken", source=source)
    assert failed.status == 502
    assert "the cable is out" in failed.body["error"]
    assert failed.body["stack"]


@pytest.mark.parametrize(
    ("attribute", "given", "read"),
    [
        ("double_scalar", "1e-3", 0.001),
        ("long64_scalar", "9007199254740993", "9007199254740993"),
        ("long64_scalar", "-9223372036854775808", "-9223372036854775808"),
        ("ulong64_scalar", "18446744073709551615", "18446744073709551615"),
        ("short_scalar", "0x10", 16),
        ("boolean_scalar", "false", False),
        ("string_scalar", "naïve \u00b5m", "naïve \u00b5m"),
        ("double_spectrum", ["1.5", "2e3"], [1.5, 2000.0]),
        ("string_spectrum", ["a", "b c"], ["a", "b c"]),
        ("long_image", [["1", "2"], ["3", "4"]], [[1, 2], [3, 4]]),
    ],
)
def test_writing_takes_every_type(
    operator: Client, system: TangoSystem, attribute: str, given: Any, read: Any
) -> None:
    operator.order("write", device="sys/tg_test/1", attribute=attribute, value=given)
    data = system.get_device("sys/tg_test/1").read_attribute(attribute)
    written = data.w_value
    plain = written.tolist() if hasattr(written, "tolist") else written
    assert str(list(plain) if isinstance(plain, tuple) else plain) == str(read)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("double_scalar", "abc"), ("long_scalar", 1.5), ("boolean_scalar", "maybe"), ("double_spectrum", 1),
     ("long_image", [[1, 2], [3]]), ("wave", [1]), ("no_such", 1), ("short_scalar", "99999"), ("double_scalar", "NaN")],
)  # fmt: skip
def test_what_does_not_fit_is_one_line(operator: Client, attribute: str, value: Any) -> None:
    answer = operator.post("write", device="sys/tg_test/1", attribute=attribute, value=value)
    assert answer.status in (400, 409, 502)
    assert answer.body["error"]


def test_commands_take_and_give_every_type(operator: Client) -> None:
    run = lambda command, argument=None: operator.order(  # noqa: E731
        "command", device="sys/tg_test/1", command=command, argument=argument
    )["result"]
    assert run("DevDouble", "2.5") == 2.5
    assert run("DevLong64", "9007199254740993") == "9007199254740993"
    assert run("DevVarStringArray", ["a", "é"]) == ["a", "é"]
    assert run("DevVarLongStringArray", [["1", "2"], ["x"]]) == [[1, 2], ["x"]]
    assert run("DevBoolean", "true") is True
    assert isinstance(run("State"), (int, str))
    failed = operator.post("command", device="sys/tg_test/1", command="DevDouble", argument="x")
    assert failed.status == 502


def test_an_operator_does_not_end_servers(operator: Client) -> None:
    answer = operator.post("command", device="dserver/TestServer/test", command="Kill")
    assert answer.status == 403


# --------------------------------------------------------------------- configuration


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


def test_alias_and_wizard(expert: Client, system: TangoSystem) -> None:
    expert.order("alias", device="sys/tg_test/1", alias="tester")
    assert system.database.get_device_alias("tester").lower() == "sys/tg_test/1"
    expert.order("alias", device="sys/tg_test/1", alias="")
    with pytest.raises(DevFailed):
        system.database.get_device_alias("tester")
    steps = expert.ask(
        "wizard", server="TestServer/test", **{"class": "TangoTest"}, device="sys/tg_test/1"
    )["steps"]
    names = {step["name"]: step for step in steps}
    assert names["Sleep_period"]["default"] == ["2000"]
    assert names["Sleep_period"]["description"].startswith("Data generation period")


def test_servers_are_added_and_deleted(expert: Client, system: TangoSystem) -> None:
    expert.order("server/add", server="New/one", devices=[{"class": "New", "name": "lab/new/1"}])
    assert str(system.database.get_device_info("lab/new/1").ds_full_name) == "New/one"
    found = expert.ask("server", name="New/one")
    assert found["running"] is False
    assert {"name": "lab/new/1", "class": "New"} in found["devices"]
    assert expert.post("server/delete", server="New/one", confirm="New").status == 409
    expert.order("server/delete", server="New/one", confirm="New/one")
    assert list(system.database.get_server_list("New/*")) == []
    for server, name in (("New", "a/b/c"), ("New/x", "a/b"), ("New/x y", "a/b/c")):
        bad = expert.post("server/add", server=server, devices=[{"class": "New", "name": name}])
        assert bad.status == 400


def test_restarting_a_device(expert: Client, system: TangoSystem) -> None:
    device = system.get_device("lab/push/1")
    device.number = 9.0
    expert.order("restart", what="device", name="lab/push/1")
    assert device.number == 0.0
    expert.order("restart", what="server", name="TestServer/test")
    while expert.get("read", device="lab/push/1", attribute="State").status != 200:
        pass  # Tango answers before it has restarted
    assert expert.post("restart", what="kill", name="TestServer/test", confirm="x").status == 409


# -------------------------------------------------------------- polling and diagnosis


def test_polling_is_set_and_stopped(expert: Client, system: TangoSystem) -> None:
    set_polling = lambda period: expert.order(  # noqa: E731
        "polling/set", device="lab/push/1", kind="attribute", name="counted", period=period
    )
    set_polling(300)
    (found,) = expert.ask("polling", device="lab/push/1")["objects"]
    assert (found["name"], found["period"]) == ("counted", 300)
    set_polling(500)
    assert system.get_device("lab/push/1").get_attribute_poll_period("counted") == 500
    set_polling(0)
    assert expert.ask("polling", device="lab/push/1")["objects"] == []


def test_the_events_tester_tells_why_not(viewer: Client) -> None:
    found = {
        each["event"]: each
        for each in viewer.ask("events", device="lab/push/1", attribute="number")["events"]
    }
    assert found["change"]["ok"]
    assert not found["periodic"]["ok"]
    assert "API_" in found["periodic"]["text"]


def test_black_box_and_locks(expert: Client) -> None:
    expert.ask("read", device="lab/push/1", attribute="number")
    found = expert.ask("black-box", device="lab/push/1")
    assert found["records"]
    assert sum(each["count"] for each in found["statistics"]) == len(found["records"])
    assert not expert.ask("lock", device="lab/push/1")["locked"]
    expert.order("lock/set", device="lab/push/1", locked=True)
    assert expert.ask("lock", device="lab/push/1")["locked"]
    expert.order("lock/set", device="lab/push/1", locked=False)
    assert not expert.ask("lock", device="lab/push/1")["locked"]


# ------------------------------------------------------------------ logs, watch lists


def test_devices_log_to_the_consumer_inside(operator: Client, system: TangoSystem) -> None:
    operator.order("logs/choose", devices=["lab/push/1", "no/such/device"], level="DEBUG")
    device = system.get_device("lab/push/1")
    assert int(device.get_logging_level()) == 5
    device.Tell("tiède")
    messages: list[dict[str, Any]] = []
    while len(messages) < 2:
        messages = [each for each in operator.ask("logs")["messages"] if "tiède" in each["text"]]
    assert [(each["level"], each["device"], each["text"]) for each in messages] == [
        ("INFO", "lab/push/1", "tiède"), ("ERROR", "lab/push/1", "no good: tiède"),
    ]  # fmt: skip
    operator.order("logs/drop", devices=["lab/push/1"])
    assert list(device.get_logging_target()) == []
    assert operator.ask("logs")["devices"] == {}


def test_lists_are_kept_as_files(operator: Client) -> None:
    operator.order(
        "watch-list/save",
        name="beam",
        attributes=["lab/push/1/number"],
        plotted=["lab/push/1/number", "x"],
    )
    assert operator.ask("watch-lists")["lists"] == [{"name": "beam", "count": 1}]
    assert operator.ask("watch-list", name="beam")["plotted"] == ["lab/push/1/number"]
    operator.order("watch-list/delete", name="beam")
    assert operator.get("watch-list", name="beam").status == 404
    for name in ("../x", "", "a/b", ".hidden", "x" * 61, "a\0"):
        assert operator.post("watch-list/save", name=name, attributes=[], plotted=[]).status == 400
    lists = operator.order("logs/list/save", name="all", devices=["lab/push/1"], level="WARN")[
        "lists"
    ]
    assert lists == [{"devices": ["lab/push/1"], "level": "WARN", "always": False, "name": "all"}]
    assert operator.order("logs/list/delete", name="all")["lists"] == []


# ------------------------------------------------------------------------- the socket


def test_what_one_writes_the_other_sees(server: WebServer, operator: Client) -> None:
    """Value and journal, at once; and names that are none are told without harm."""
    origin = f"http://localhost:{server.port}"
    bearer = {"Authorization": "Bearer viewer-secret"}
    with connect(
        f"ws://localhost:{server.port}/ws", origin=origin, additional_headers=bearer
    ) as socket:
        for nonsense in (
            "",
            "[",
            "[]",
            "5",
            '{"add": 5}',
            '{"add": [5, [1, 2]]}',
            '{"remove": ["x"]}',
            '{"remove": ["\\u0001"]}',
            '{"region": ["\\u0001", 1, 2, 3, 4]}',
            '{"add": [["lab/push/1/text", NaN]]}',
        ):
            socket.send(nonsense)
        socket.send(json.dumps({"add": ["a/b", "lab/push/1/text"]}))
        texts: list[dict[str, Any]] = []
        while not any(text["t"] == "v" for text in texts):
            message = socket.recv(10)
            if isinstance(message, str):
                texts.append(json.loads(message))
        told = [name for text in texts if text["t"] == "index" for name in text["names"]]
        assert [name for name, number, *_ in told if number is None] == ["a/b"]
        values = next(text["v"] for text in texts if text["t"] == "v")
        assert values[0][1] == "tiède"
        operator.order("write", device="lab/push/1", attribute="number", value=2)
        while True:
            message = socket.recv(10)
            if isinstance(message, str) and json.loads(message)["t"] == "journal":
                break
        entry = json.loads(message)["entry"]
        assert (entry["what"], entry["subject"], entry["new"]) == (
            "write",
            "lab/push/1/number",
            "2.0",
        )
