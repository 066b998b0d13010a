"""The methods of clients have PyTango's arguments, in PyTango's order and with its names."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

pytest.importorskip("tango")

CLASSES = (
    "DeviceProxy", "AttributeProxy", "Group", "GroupReply", "GroupCmdReply", "GroupAttrReply",
    "Database", "ApiUtil", "TimeVal", "EncodedAttribute", "DeviceData",
)  # fmt: skip
GREEN = {"green_mode", "wait", "timeout"}
"""Arguments that ours takes in more methods."""


def of_signature(function: Any) -> list[str] | None:
    """The names of the arguments; None if Python does not know them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None
    return [
        each.name
        for each in parameters
        if each.kind is each.POSITIONAL_OR_KEYWORD and each.name not in {"self", *GREEN}
    ]


def of_text(function: Any) -> list[list[str]]:
    """The same of a method in C++, each overload, from its text."""
    found = []
    text = function.__doc__ or ""
    for match in re.finditer(r"^\s*(?:\d+\. )?\w+\(self: [^,)]+(?:, )?(.*)\) -> ", text, re.M):
        names = re.findall(r"(?:^|, )(\w+): ", match.group(1))
        if not any(re.fullmatch(r"arg\d+", name) for name in names):
            found.append(names)
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_arguments_are_pytangos(name: str) -> None:
    import tango

    import puretango

    different = {}
    for member in dir(getattr(tango, name)):
        peer = getattr(getattr(tango, name), member)
        own = getattr(getattr(puretango, name), member, None)
        if member.startswith("_") or not callable(peer) or own is None:
            continue
        mine, said = of_signature(own), of_signature(peer)
        if mine is None:
            continue
        wanted = of_text(peer) if said is None else [said]
        if name == "AttributeProxy":  # its texts are those of the DeviceProxy's methods it calls
            wanted = [names[1:] if names[:1] == ["attr_name"] else names for names in wanted]
        if wanted and not any(names == mine[: len(names)] for names in wanted):
            different[member] = (wanted, mine)
    assert different == {}
