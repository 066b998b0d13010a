"""Names as keys, groups of attributes, dead bands, recorded images: what needs no device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puretango.bluesky import attribute_of, key_of
from puretango.bluesky.aio.transport import Deadband
from puretango.bluesky.attributes import Grouping, certainly_not_executed
from puretango.bluesky.files import DetectorError, Recorder
from puretango.bluesky.rules import channels_of, ramp_time
from puretango.errors import (
    COMM_FAILURE,
    CommunicationFailed,
    ConnectionFailed,
    DevError,
    ErrSeverity,
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("plain_1", "plain_1"),
        ("dot.name", "dot_x2ename"),
        ("with space", "with_x20space"),
        ("area²", "area_xb2"),
        ("µm", "µm"),
        ("a_x2eb", "a_x5fx2eb"),
        ("€uro", "_u20acuro"),
    ],
)
def test_keys(name: str, key: str) -> None:
    assert key_of(name) == key
    assert attribute_of(key) == name


@given(st.text(min_size=1))
def test_keys_are_reversible_and_no_trouble(name: str) -> None:
    key = key_of(name)
    assert attribute_of(key) == name
    assert f"_{key}".isidentifier()


def test_groups_hold_what_fits() -> None:
    grouping = Grouping()
    assert grouping.groups(["a", "b"], 3.0) == [["a", "b"]]
    for name, seconds in (("a", 1.0), ("b", 1.0), ("c", 0.1), ("d", 3.0)):
        grouping.took(name, seconds)
    assert grouping.groups(["a", "b", "c", "D", "e"], 3.0) == [["e", "c", "a"], ["b"], ["D"]]


@pytest.mark.parametrize(
    ("reason", "completed", "again"),
    [
        ("API_CantConnectToDevice", 1, True),
        ("API_DeviceTimedOut", 2, False),
        ("API_CommunicationFailed", 2, False),
        ("API_CommunicationFailed", 1, True),
    ],
)
def test_what_may_be_sent_again(reason: str, completed: int, again: bool) -> None:
    kind = ConnectionFailed if reason == "API_CantConnectToDevice" else CommunicationFailed
    failure = kind(DevError(reason, ErrSeverity.ERR, desc="", origin=""))
    failure.__cause__ = COMM_FAILURE("", completed=completed)
    assert certainly_not_executed(failure) is again


@pytest.mark.parametrize(
    ("band", "value", "last", "same"),
    [
        (Deadband(), 1.0, 1.1, False),
        (Deadband(0.5, None), 1.0, 1.4, True),
        (Deadband(0.5, None), 1.0, 1.6, False),
        (Deadband(None, 0.5), 1.4, 1.0, True),
        (Deadband(None, 0.5), 1.6, 1.0, False),
        (Deadband(0.5, 0.5), 10.0, 10.6, False),
        (Deadband(0.5, None), "on", "off", False),
        (Deadband(0.5, None), np.array([1.0, 2.0]), np.array([1.1, 2.1]), True),
        (Deadband(0.5, None), np.array([1.0, 2.0]), np.array([1.0]), False),
        (Deadband(0.5, None), float("nan"), 1.0, False),
    ],
)
def test_dead_bands(band: Deadband, value: Any, last: Any, same: bool) -> None:
    assert band.holds(value, last) is same


@pytest.mark.parametrize(
    ("acceleration", "unit", "seconds"),
    [
        (None, "", 0.0),
        (0.0, "s", 0.0),
        (0.2, "s", 0.2),
        (50.0, "mm/s²", 0.1),
        (50.0, "mm/s^2", 0.1),
    ],
)
def test_times_of_ramps(acceleration: float | None, unit: str, seconds: float) -> None:
    assert ramp_time(acceleration, unit, 5.0) == pytest.approx(seconds)


def test_channels_that_take_part() -> None:
    text = """{"controllers": {"c": {"timer": "a/b/1", "monitor": "a/b/2", "channels": {
        "a/b/2": {"index": 1, "label": "two", "ndim": 2, "value_ref_enabled": true},
        "a/b/1": {"index": 0, "name": "one", "full_name": "tango://h:1/a/b/1"},
        "a/b/3": {"index": 2, "enabled": false}}}}}"""
    one, two = channels_of(text)
    assert (one.label, one.element, one.is_timer, one.referenced) == (
        "one",
        "tango://h:1/a/b/1",
        True,
        False,
    )
    assert (two.label, two.dimensions, two.is_monitor, two.referenced) == ("two", 2, True, True)


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """One that has its file."""
    made = Recorder("camera", str(tmp_path), lambda: "file", "stream")
    made.open()
    return made


def test_images_are_recorded(recorder: Recorder, tmp_path: Path) -> None:
    for number in range(3):
        recorder.append(np.full((2, 3), number, np.uint16), 1.0)
    recorder.close()
    with h5py.File(tmp_path / "file.h5") as file:
        assert file["/entry/data/data"][:, 0, 0].tolist() == [0, 1, 2]
        assert file["/entry/data/data"].dtype == np.uint16


@pytest.mark.parametrize("image", [np.zeros((3, 3)), np.zeros(4)])
def test_an_image_of_another_shape(recorder: Recorder, image: Any) -> None:
    recorder.append(np.zeros((2, 3)), 1.0)
    with pytest.raises(DetectorError, match="the image is"):
        recorder.append(image, 1.0)
    recorder.close()


def test_a_disk_that_is_full(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, and no document names an image that is not there."""
    recorder.append(np.zeros((2, 3)), 1.0)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(recorder._file), "flush", full)
    with pytest.raises(DetectorError, match="No space left"):
        recorder.append(np.zeros((2, 3)), 1.0)
    monkeypatch.undo()
    assert recorder.index == 1
    recorder.close()


@pytest.mark.parametrize("options", [{"assets": "both"}, {"write_path": "data"}])
def test_a_recorder_that_cannot_be(options: dict[str, Any]) -> None:
    arguments = {"write_path": "/data", "file_name": str, "assets": "stream"} | options
    with pytest.raises(ValueError, match=r"assets must|whole path"):
        Recorder("camera", **arguments)
