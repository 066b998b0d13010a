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
