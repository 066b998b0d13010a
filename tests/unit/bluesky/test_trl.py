"""Locators as people and ophyd's components write them."""

from __future__ import annotations

import pytest

from puretango.bluesky.attributes._trl import device_path, join, split


@pytest.mark.parametrize(
    ("trl", "device", "member"),
    [
        ("sys/tg_test/1/ampli", "sys/tg_test/1", "ampli"),
        ("tango://h:10000/sys/tg_test/1/ampli", "tango://h:10000/sys/tg_test/1", "ampli"),
        (
            "tango://h:1/sys/tg_test/1/ampli#dbase=no",
            "tango://h:1/sys/tg_test/1#dbase=no",
            "ampli",
        ),
        (
            "tango://h:1/sys/tg_test/1#dbase=no/ampli",
            "tango://h:1/sys/tg_test/1#dbase=no",
            "ampli",
        ),
        ("mot01/Position", "mot01", "Position"),
        ("tango://h:1/mot01/Position", "tango://h:1/mot01", "Position"),
    ],
)
def test_split(trl: str, device: str, member: str) -> None:
    assert split(trl) == (device, member)
    assert split(split(trl).trl) == (device, member)


@pytest.mark.parametrize("trl", ["", "ampli", "sys/tg_test/1", "a/b/c/d/e", "tango://h:1/a/b/c"])
def test_what_names_no_attribute(trl: str) -> None:
    with pytest.raises(ValueError, match="names no attribute"):
        split(trl)


def test_join_keeps_the_option_at_the_end() -> None:
    assert join("tango://h:1/a/b/c#dbase=no", "x") == "tango://h:1/a/b/c/x#dbase=no"
    assert join("a/b/c/", "/x") == "a/b/c/x"


def test_device_path() -> None:
    assert device_path("tango://h:1/a/b/c#dbase=no") == "a/b/c"
    assert device_path("mot01") == "mot01"
