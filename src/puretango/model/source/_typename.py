"""Type names: types in a source as the name of a CmdArgType and a format.

Source of the pairs: PyTango's data types page; Pogo's from its PogoDsl.xtext grammar.
"""

from __future__ import annotations

import ast

__all__ = ["array_of", "dotted", "element_of", "size_of_hint", "type_of_hint", "type_of_word"]

_WORDS = {
    "bool": "DevBoolean",
    "boolean": "DevBoolean",
    "bool_": "DevBoolean",
    "int": "DevLong64",
    "int64": "DevLong64",
    "uint64": "DevULong64",
    "int32": "DevLong",
    "uint32": "DevULong",
    "int16": "DevShort",
    "uint16": "DevUShort",
    "uint8": "DevUChar",
    "uchar": "DevUChar",
    "byte": "DevUChar",
    "chr": "DevUChar",
    "char": "DevUChar",
    "short": "DevShort",
    "ushort": "DevUShort",
    "long": "DevLong",
    "ulong": "DevULong",
    "long64": "DevLong64",
    "ulong64": "DevULong64",
    "float": "DevDouble",
    "float64": "DevDouble",
    "double": "DevDouble",
    "float32": "DevFloat",
    "str": "DevString",
    "string": "DevString",
    "bytes": "DevEncoded",
    "bytearray": "DevEncoded",
    "state": "DevState",
    "enum": "DevEnum",
    "none": "DevVoid",
    "void": "DevVoid",
    "conststring": "DevString",
    "constdevstring": "DevString",
    "int_": "DevLong64",
    "float_": "DevDouble",
    "str_": "DevString",
    "devint": "DevLong",
    "devchar": "DevUChar",
}
_SCALARS = (
    "Boolean Short Long Float Double UShort ULong String State UChar Long64 ULong64 Encoded "
    "Enum Void PipeBlob"
)
_WORDS.update({f"dev{name.lower()}": f"Dev{name}" for name in _SCALARS.split()})
_ARRAYS = {
    "DevBoolean": "DevVarBooleanArray",
    "DevShort": "DevVarShortArray",
    "DevLong": "DevVarLongArray",
    "DevLong64": "DevVarLong64Array",
    "DevUShort": "DevVarUShortArray",
    "DevULong": "DevVarULongArray",
    "DevULong64": "DevVarULong64Array",
    "DevFloat": "DevVarFloatArray",
    "DevDouble": "DevVarDoubleArray",
    "DevString": "DevVarStringArray",
    "DevUChar": "DevVarCharArray",
    "DevState": "DevVarStateArray",
    "DevEnum": "DevVarShortArray",
}
_ELEMENTS = {array: element for element, array in _ARRAYS.items() if element != "DevEnum"}
_VARS = {name.lower(): name for name in _ELEMENTS} | {
    "devvarlongstringarray": "DevVarLongStringArray",
    "devvardoublestringarray": "DevVarDoubleStringArray",
}
_SEQUENCES = {"list", "tuple", "sequence", "iterable", "ndarray", "ndarraylike"}


def type_of_word(word: str) -> str | None:
    """``DevDouble`` for ``float``, ``double``, ``numpy.float64``, ``tango.DevDouble`` …"""
    tail = word.rpartition(".")[2].lower()
    return _WORDS.get(tail) or _VARS.get(tail)


def array_of(data_type: str) -> str:
    """The array type of a scalar type; a type that has none is returned unchanged."""
    return _ARRAYS.get(data_type, data_type)


def element_of(data_type: str) -> str:
    """The scalar type of an array type; a scalar type is returned unchanged."""
    return _ELEMENTS.get(data_type, data_type)


def dotted(node: ast.AST | None) -> str:
    """``a.b.c`` for a chain of names; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def type_of_hint(node: ast.AST | None) -> tuple[str, int] | None:
    """Type and number of dimensions of a type hint; None if it would have to be run."""
    if node is None:
        return None
    if isinstance(node, ast.Constant):
        return _of_constant(node)
    if isinstance(node, (ast.Name, ast.Attribute)):
        found = type_of_word(dotted(node))
        return (found, 0) if found else None
    if isinstance(node, ast.BinOp):  # X | None
        return type_of_hint(node.left)
    if isinstance(node, ast.Subscript):
        return _of_subscript(node)
    return None


def size_of_hint(node: ast.AST | None) -> tuple[int, ...]:
    """Sizes that a hint such as ``tuple[float, float]`` gives, the outermost first."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return ()
    if dotted(node.value).rpartition(".")[2].lower() != "tuple":
        return ()
    items = node.slice.elts
    if any(isinstance(item, ast.Constant) and item.value is ... for item in items):
        return ()
    if any(dotted(item).endswith("AttrQuality") for item in items):
        return size_of_hint(items[0])  # value, time, quality
    return (len(items), *size_of_hint(items[0]))


def _of_constant(node: ast.Constant) -> tuple[str, int] | None:
    if node.value is None:
        return "DevVoid", 0
    if not isinstance(node.value, str):
        return None
    try:
        return type_of_hint(ast.parse(node.value, mode="eval").body)
    except SyntaxError:
        return None


def _of_subscript(node: ast.Subscript) -> tuple[str, int] | None:
    if dotted(node.value).rpartition(".")[2].lower() not in _SEQUENCES:
        return None
    inside = node.slice
    if isinstance(inside, ast.Tuple):
        items = inside.elts
        if any(dotted(item).endswith("AttrQuality") for item in items):
            return type_of_hint(items[0])  # value, time, quality
        inside = items[0] if items else inside
    found = type_of_hint(inside)
    return (found[0], found[1] + 1) if found else None
