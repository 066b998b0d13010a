"""The texts of the interface: how their characters are encoded, declared here and nowhere else.

CORBA's strings are sent as bytes, and omniORB passes them on as they are. Their encoding is a habit
of the peers, seen on the wire of PyTango 10.3.1 and C++ Tango:

- **Text**, in UTF-8: all that describes or names something. Names of devices, attributes,
  commands and pipes, configurations, descriptions, labels, errors, status, the black box,
  the texts of info; topics of events.
- **Value**, in Latin-1: what a device's author or a client puts into a *value*: elements of
  string attributes, arguments and results of commands, strings of pipes, a DevEncoded's format.

Every member and parameter of the interface is annotated as one of the two. Between them stand
values that carry texts: the commands of the admin device, of the database and of the access
control, whose arguments and results are names, properties and descriptions; the attribute and
command Status. :func:`text_in_value` and :func:`text_of_value` convert between the two.

If a text is expected, bytes that are not UTF-8 are read as Latin-1.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from puretango.cdr import STRING, UTF8_STRING, Alias, Codec, Sequence

__all__ = [
    "TEXT",
    "TEXTS",
    "VALUE",
    "VALUES",
    "Text",
    "Texts",
    "Value",
    "Values",
    "status_in_value",
    "text_in_value",
    "text_of_value",
    "texts_in_value",
    "texts_of_value",
]

_STRINGS = ("IDL:Tango/DevVarStringArray:1.0", "DevVarStringArray")

TEXT: Codec[str] = UTF8_STRING
"""A string that is a text."""
TEXTS: Alias[Any] = Alias(*_STRINGS, Sequence(TEXT))
"""A DevVarStringArray of texts."""
VALUE: Alias[Any] = Alias("IDL:Tango/DevString:1.0", "DevString", STRING)
"""A DevString that is a value."""
VALUES: Alias[Any] = Alias(*_STRINGS, Sequence(STRING))
"""A DevVarStringArray that is a value."""

Text: TypeAlias = Annotated[str, TEXT]
Texts: TypeAlias = Annotated[list[str], TEXTS]
Value: TypeAlias = Annotated[str, VALUE]
Values: TypeAlias = Annotated[list[str], VALUES]


def text_in_value(text: str) -> str:
    """The value (one character a byte) that carries a text."""
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


def text_of_value(value: str) -> str:
    """The text that a value carries: UTF-8, or the value itself if its bytes are not UTF-8."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def status_in_value(text: str) -> str:
    """A device's status as the value of its attribute or command Status.

    PyTango's clients read it as Latin-1, so it is sent as Latin-1 if possible. PyTango's servers send
    UTF-8, and so do we if there are characters beyond Latin-1. A reader can tell the two apart.
    """
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text_in_value(text)
    # Latin-1 that a reader would take for UTF-8 has to be UTF-8.
    return text if text_of_value(text) == text else text_in_value(text)


def texts_in_value(value: Any) -> Any:
    """A command's value (a string, strings, or numbers with strings) that carries texts."""
    return _each(value, text_in_value)


def texts_of_value(value: Any) -> Any:
    """The texts that a command's value carries: a string, strings, or numbers with strings."""
    return _each(value, text_of_value)


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if not isinstance(value, (list, tuple)) or not value:
        return value
    if isinstance(value[0], str):
        # Bytes stay as they are: they are not text, although among texts.
        return [change(item) if isinstance(item, str) else item for item in value]
    if len(value) == 2 and isinstance(value[1], (list, tuple)):
        return value[0], _each(value[1], change)
    return value
