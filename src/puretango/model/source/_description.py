"""Description: lines with facts in a class's docstring, besides its prose.

``MOVING: the axis is under way`` describes a state, ``From ON to MOVING: Move`` a transition, and
``Contact: …``, ``Family: …`` and their like identify the class as Pogo does.
"""

from __future__ import annotations

import re
from typing import Any

from puretango.model._classmodel import Identification
from puretango.model.source._statename import STATE_NAMES

__all__ = ["documented_identification", "documented_states", "documented_transitions", "prose_of"]

_NAMES = "|".join(STATE_NAMES)
_STATE_LINE = re.compile(
    rf"^\W*({_NAMES})\W*(?:``)?\s*(?:[:|–—-]|->|→)\s*(.*?)[\s|]*$", re.MULTILINE
)
_TRANSITION = re.compile(rf"^\s*From (any state|{_NAMES}) to ({_NAMES}): (.+?)\s*$", re.MULTILINE)
_IDENTIFIES = {
    "Contact": "contact",
    "Family": "class_family",
    "Platform": "platform",
    "Bus": "bus",
    "Manufacturer": "manufacturer",
    "Reference": "reference",
    "Key words": "key_words",
}
_IDENTIFICATION = re.compile(rf"^\s*({'|'.join(_IDENTIFIES)}): (.*?)\s*$", re.MULTILINE)


def documented_states(text: str) -> dict[str, str]:
    """The states in a description: lines such as ``MOVING: the axis is under way``."""
    return {state: said.strip() for state, said in _STATE_LINE.findall(text)}


def documented_transitions(text: str) -> tuple[tuple[str, str, str], ...]:
    """The transitions in a description: from (``*`` for any state), to, by."""
    found = _TRANSITION.findall(text)
    return tuple(("*" if one == "any state" else one, to, by) for one, to, by in found)


def documented_identification(text: str) -> Identification:
    """Contact, family, platform and the like, from a description's lines."""
    said: dict[str, Any] = {
        _IDENTIFIES[name]: value for name, value in _IDENTIFICATION.findall(text)
    }
    words = said.get("key_words")
    if words is not None:
        said["key_words"] = tuple(one.strip() for one in words.split(",") if one.strip())
    return Identification(**said)


def prose_of(text: str) -> str:
    """A description without the lines whose facts are shown in tables."""
    kept = [
        line
        for line in text.splitlines()
        if not any(one.match(line) for one in (_STATE_LINE, _TRANSITION, _IDENTIFICATION))
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
