"""Names of attributes in a form that bluesky and Python accept, and back.

A letter, a digit and an underscore stand for themselves. Anything else is ``_x`` and its code in
two hexadecimal digits, ``_u`` and four, or ``_U`` and eight: ``dot.name`` is ``dot_x2ename``. An
underscore with which a name would look like such a code is written as a code itself.
"""

from __future__ import annotations

import re

__all__ = ["attribute_of", "key_of"]

#: A name that is its own key: nothing in it looks like a code.
_PLAIN = re.compile(r"(?!.*_[xuU])[A-Za-z0-9_]+")
_CODE = re.compile(r"_x([0-9a-f]{2})|_u([0-9a-f]{4})|_U([0-9a-f]{8})")


def key_of(member: str) -> str:
    """The name of an attribute or command in keys and as a Python attribute."""
    if _PLAIN.fullmatch(member):
        return member
    written = []
    for position, letter in enumerate(member):
        plain = letter == "_" or f"_{letter}".isidentifier()
        if plain and not (letter == "_" and _CODE.match(member, position)):
            written.append(letter)
        else:
            written.append(_code(ord(letter)))
    return "".join(written)


def attribute_of(key: str) -> str:
    """The attribute or command from whose name ``key_of`` made ``key``."""
    return _CODE.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), key)


def _code(number: int) -> str:
    if number < 0x100:
        return f"_x{number:02x}"
    return f"_u{number:04x}" if number < 0x10000 else f"_U{number:08x}"
