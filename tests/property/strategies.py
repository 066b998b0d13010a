"""Hypothesis strategies made from codecs: any value that a codec can carry."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from puretango import cdr
from puretango.cdr import _any, _primitive, _sequence, _struct, _union

LATIN_1 = st.text(st.characters(min_codepoint=1, max_codepoint=255, categories=None), max_size=20)
LIMITS = {
    "b": (-128, 127),
    "B": (0, 255),
    "h": (-(2**15), 2**15 - 1),
    "H": (0, 2**16 - 1),
    "i": (-(2**31), 2**31 - 1),
    "I": (0, 2**32 - 1),
    "q": (-(2**63), 2**63 - 1),
    "Q": (0, 2**64 - 1),
}
SIMPLE_ANYS = (
    cdr.LONG,
    cdr.DOUBLE,
    cdr.STRING,
    cdr.BOOLEAN,
    cdr.Sequence(cdr.STRING),
    cdr.Sequence(cdr.LONGLONG),
    cdr.Alias("IDL:Tango/DevVarShortArray:1.0", "DevVarShortArray", cdr.Sequence(cdr.SHORT)),
)


def values(codec: cdr.Codec[Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a codec's type."""
    if isinstance(codec, _sequence.Alias):
        return values(codec.content, depth)
    if isinstance(codec, _primitive.CharCodec):
        return st.characters(max_codepoint=255, categories=None)
    if isinstance(codec, _primitive.Primitive):
        return primitives(codec.char)
    if isinstance(codec, _primitive.StringCodec):
        return LATIN_1
    if isinstance(codec, _primitive.EnumCodec):
        return st.sampled_from(codec.members)
    if isinstance(codec, _primitive.VoidCodec):
        return st.none()
    if isinstance(codec, _sequence.Sequence):
        if depth > 6:
            return st.just([])
        return st.lists(values(codec.element, depth + 1), max_size=codec.bound or 3)
    if isinstance(codec, _sequence.Array):
        one = values(codec.element, depth)
        return st.tuples(*[one] * codec.length)
    if isinstance(codec, _union.UnionCodec):
        return st.one_of(
            *(
                st.tuples(st.just(label), values(member, depth + 1))
                for label, (_, member) in codec.arms.items()
            )
        )
    if isinstance(codec, _struct.TupleStructCodec):
        return st.tuples(*(values(member, depth) for _, member in codec.members))
    if isinstance(codec, _struct.StructCodec):
        fields = {name: values(member, depth + 1) for name, member in codec.members}
        return st.builds(codec.cls, **fields)
    if isinstance(codec, _any.AnyCodec):
        return st.one_of(
            *(st.builds(cdr.Any, st.just(one.typecode), values(one)) for one in SIMPLE_ANYS)
        )
    if isinstance(codec, _any.TypeCodeCodec):
        return st.sampled_from([one.typecode for one in SIMPLE_ANYS])
    if isinstance(codec, cdr.Lazy):
        return st.deferred(lambda: values(codec._target(), depth + 1))
    raise AssertionError(codec)


def primitives(char: str) -> st.SearchStrategy[Any]:
    """Values of one of struct's letters."""
    if char == "?":
        return st.booleans()
    if char == "f":
        return st.floats(width=32, allow_nan=False)
    if char == "d":
        return st.floats(allow_nan=False)
    low, high = LIMITS[char]
    return st.integers(low, high)


def plain(value: Any) -> Any:
    """A decoded value with its memoryviews as lists, for comparison."""
    if isinstance(value, memoryview):
        return value.tolist()
    if isinstance(value, cdr.Any):
        return (value.typecode, plain(value.value))
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "members") and hasattr(type(value), "codec"):
        return {name: plain(getattr(value, name)) for name in value.members}
    return value
