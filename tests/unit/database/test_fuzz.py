"""Any command with any words: an answer of the published type, or a DevFailed with the C++ server's reasons."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from puretango.database import answer, command_faces, prepare
from puretango.errors import DevFailed
from puretango.store import Store

LATIN_1 = st.characters(min_codepoint=1, max_codepoint=255)
WORDS = st.one_of(
    st.text(LATIN_1, max_size=8),
    st.sampled_from(["a/b/c", "A/b/C", "S/1", "*", "%", "_", "a/*", "__value", "p", "q", ""]),
    st.integers(-1, 3).map(str),
)
FACES = {name: face for name, face in command_faces().items() if name != "ResetTimingValues"}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, Any]:
    """A command and an argument of its type."""
    name = draw(st.sampled_from(sorted(FACES)))
    kind = FACES[name].argin
    if kind == "DevVoid":
        return name, None
    return name, draw(WORDS if kind == "DevString" else st.lists(WORDS, max_size=9))


def check_type(kind: str, value: Any) -> None:
    if kind == "DevVoid":
        assert value is None
    elif kind == "DevString":
        assert isinstance(value, str)
    elif kind == "DevVarStringArray":
        assert all(isinstance(each, str) for each in value)
    else:
        longs, texts = value
        assert all(type(each) is int for each in longs)
        assert all(isinstance(each, str) for each in texts)


@settings(max_examples=150, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=25))
def test_any_commands(steps: list[tuple[str, Any]]) -> None:
    with Store() as store:
        prepare(store)
        for name, argument in steps:
            try:
                found = answer(store, name, argument)
            except DevFailed as error:
                first = error.args[0]
                assert first.reason.upper().startswith("DB_")
                assert first.desc
                assert first.origin.startswith("DataBase::")
            else:
                check_type(FACES[name].argout, found)


VALUES = st.lists(st.text(LATIN_1, max_size=20), min_size=1, max_size=4)
NAMES = st.text(LATIN_1.filter(lambda c: c not in "*"), min_size=1, max_size=10)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES.map(str.lower), VALUES, min_size=1, max_size=5))
def test_what_was_put_is_got(properties: dict[str, list[str]]) -> None:
    words = ["a/b/c", str(len(properties))]
    for name, values in properties.items():
        words += [name, str(len(values)), *values]
    with Store() as store:
        answer(store, "DbPutDeviceProperty", words)
        got = answer(store, "DbGetDeviceProperty", ["a/b/c", *properties])
        assert got == words
        assert sorted(answer(store, "DbGetDevicePropertyList", ["a/b/c", "*"])) == sorted(
            properties
        )
        answer(store, "DbDeleteDeviceProperty", ["a/b/c", *properties])
        assert answer(store, "DbGetDevicePropertyList", ["a/b/c", "*"]) == []


MEMBERS = st.dictionaries(
    NAMES.map(str.lower),
    st.dictionaries(NAMES.map(str.lower), VALUES, min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(MEMBERS)
def test_attribute_properties_put_are_got(attributes: dict[str, dict[str, list[str]]]) -> None:
    words = ["a/b/c", str(len(attributes))]
    for attribute, properties in attributes.items():
        words += [attribute, str(len(properties))]
        for name, values in properties.items():
            words += [name, str(len(values)), *values]
    with Store() as store:
        answer(store, "DbPutDeviceAttributeProperty2", words)
        got = answer(store, "DbGetDeviceAttributeProperty2", ["a/b/c", *attributes])
        assert parsed(got) == attributes


def parsed(words: list[str]) -> dict[str, dict[str, list[str]]]:
    """Attribute → property → values, of an answer."""
    left = iter(words[1:])
    found: dict[str, dict[str, list[str]]] = {}
    for _ in range(int(next(left))):
        attribute = found.setdefault(next(left), {})
        for _ in range(int(next(left))):
            name = next(left)
            attribute[name] = [next(left) for _ in range(int(next(left)))]
    assert list(left) == []
    return found
