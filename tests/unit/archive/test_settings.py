"""The configuration file: what it may say, what it means in a control system, plan and apply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puretango import Database, DeviceProxy
from puretango.archive import (
    ArchiveError,
    HdbEventSubscriber,
    Rule,
    Settings,
    apply_to,
    found_attributes,
    hours_of,
    load,
    plan,
    settings_of_device,
)
from puretango.sim import TangoTest
from puretango.testing import TangoSystem

PAGE = """
[archive]
store = "file:/var/lib/archive"
context = "RUN"
contexts = ["NIGHT:at night"]

[defaults]
retention = "1y"
max_rate = 5

[[device]]
name = "sys/tg_test/1"
exclude = ["*_image*", "wave"]
strategy = "RUN|SERVICE"

[[attribute]]
name = ["*/tg_test/*/double_scalar", "sys/tg_test/1/long_scalar"]
strategy = ["ALWAYS"]
poll = 0.5
retention = "forever"
period = 60
"""


def written(directory: Path, text: str) -> Path:
    path = directory / "archive.toml"
    path.write_text(text)
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    found = load(written(tmp_path, PAGE))
    assert (found.store, found.context) == ("file:/var/lib/archive", "RUN")
    assert found.contexts == ("NIGHT:at night",)
    always = Settings(("ALWAYS",), 0, 0.5, 5.0, 60.0)
    assert found.rules == (
        Rule(
            "sys/tg_test/1/*", Settings(("RUN", "SERVICE"), 8766, None, 5.0), ("*_image*", "wave")
        ),
        Rule("*/tg_test/*/double_scalar", always),
        Rule("sys/tg_test/1/long_scalar", always),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[attribute]]\nname = 'a/b/c/d'\nretain = 3", r"\[\[attribute\]\] 1: no key 'retain'"),
        ("[[attribute]]\nname = 'a/b/c'", "'a/b/c' is not a domain/family/member/attribute"),
        ("[[device]]\nname = 'a/b'", "'a/b/\\*' is not a domain/family/member"),
        ("[[attribute]]", "no name"),
        ("[[attribute]]\nname = 'a/b/c/d'\nretention = 'long'", "retention: 'long' is neither"),
        ("[[attribute]]\nname = 'a/b/c/d'\npoll = -1", "poll: -1 is not a number above 0"),
        ("[archive]\nstore = 3", "store is not a text"),
        ("[nonsense]", "no key 'nonsense'"),
        ("name =", "Invalid value"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ArchiveError, match=told):
        load(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        load(tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("given", "hours"),
    [(240, 240), ("36h", 36), ("10d", 240), ("2w", 336), ("1y", 8766), ("forever", 0)],
)
def test_durations(given: Any, hours: int) -> None:
    assert hours_of(given) == hours


def test_a_plan_is_what_differs() -> None:
    one, two = Settings(), Settings(("RUN",), 24)
    wanted, now = {"a": one, "b": two, "c": one}, {"b": one, "c": one, "d": two}
    assert [str(change) for change in plan(wanted, now)] == [
        "+ a;strategy=ALWAYS;ttl=0",
        "~ b;strategy=RUN;ttl=24 (was strategy=ALWAYS;ttl=0)",
        "- d;strategy=RUN;ttl=24",
    ]
    assert plan(now, now) == []


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TangoSystem]:
    library = {"LibConfiguration": [f"store=file:{tmp_path / 'store'}"]}
    devices = {TangoTest: ["sys/tg_test/1"], HdbEventSubscriber: ["archive/es/1"]}
    system = TangoSystem(properties={"archive/es/1": library})
    with system:
        monkeypatch.setenv("TANGO_HOST", system.tango_host)
        system.add_server(devices)
        yield system


def test_patterns_are_looked_up_and_applied(system: TangoSystem, tmp_path: Path) -> None:
    configuration = load(written(tmp_path, PAGE))
    found = found_attributes(configuration)
    prefix = f"tango://{system.tango_host}/sys/tg_test/1/"
    names = {name.removeprefix(prefix) for name in found.attributes}
    assert found.problems == ()
    assert {"double_scalar", "long_scalar", "state", "double_spectrum"} <= names
    assert not {"wave", "double_image"} & names
    assert found.attributes[prefix + "double_scalar"].poll_period == 0.5  # the last rule says how
    assert found.attributes[prefix + "short_scalar"].strategy == ("RUN", "SERVICE")
    subscriber: Any = DeviceProxy("archive/es/1")
    changes = plan(found.attributes, settings_of_device(subscriber))
    assert len(changes) == len(names)
    assert apply_to(subscriber, changes) == []
    assert plan(found.attributes, settings_of_device(subscriber)) == []
    # What HDB++ has in a property is there.
    lines = Database().get_device_property("archive/es/1", "AttributeList")["AttributeList"]
    assert f"{prefix}double_scalar;strategy=ALWAYS;ttl=0;poll=0.5;rate=5;period=60" in list(lines)
    fewer = {prefix + "double_scalar": Settings(("RUN",))}
    assert apply_to(subscriber, plan(fewer, settings_of_device(subscriber))) == []
    assert settings_of_device(subscriber) == fewer
    subscriber.Init()  # The property holds what is archived.
    assert settings_of_device(subscriber) == fewer


def test_what_cannot_be_found_is_told(system: TangoSystem, tmp_path: Path) -> None:
    text = '[[device]]\nname = ["no/such/device", "nothing/*/*"]\n'
    found = found_attributes(load(written(tmp_path, text)))
    assert found.attributes == {}
    assert "no/such/device" in found.problems[0]
    assert found.problems[1] == "nothing/*/*/*: no device of the database fits"
