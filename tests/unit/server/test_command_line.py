"""The classic command line of a server: what is wrong with it is told before anything starts."""

from __future__ import annotations

import pytest

from puretango.server._arguments import read_options

WITHOUT = ["server", "one", "-nodb", "-ORBendPoint", "giop:tcp:127.0.0.1:0", "-dlist"]


def test_devices_of_the_command_line() -> None:
    assert read_options([*WITHOUT, "a/b/c, Lamp::a/b/d;e/f/g"]).devices == [
        "a/b/c",
        "Lamp::a/b/d",
        "e/f/g",
    ]


@pytest.mark.parametrize("name", ["a/b", "a", "a/b/c/d", "a//c", "Lamp::a/b"])
def test_a_name_that_is_no_device(name: str) -> None:
    with pytest.raises(SystemExit, match=f"Device name {name} does not have the correct syntax"):
        read_options([*WITHOUT, f"x/y/z,{name}"])
