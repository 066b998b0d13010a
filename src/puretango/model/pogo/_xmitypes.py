"""Pogo's types by Tango's names (source: the PogoDsl.xtext grammar)."""

from __future__ import annotations

__all__ = ["pogo_type", "tango_type"]

_SCALARS = {
    "VoidType": "DevVoid",
    "BooleanType": "DevBoolean",
    "ShortType": "DevShort",
    "UShortType": "DevUShort",
    "IntType": "DevLong",
    "UIntType": "DevULong",
    "LongType": "DevLong64",
    "ULongType": "DevULong64",
    "FloatType": "DevFloat",
    "DoubleType": "DevDouble",
    "StringType": "DevString",
    "StateType": "DevState",
    "UCharType": "DevUChar",
    "EncodedType": "DevEncoded",
    "EnumType": "DevEnum",
}
_ARRAYS = {
    "CharArrayType": "DevVarCharArray",
    "ShortArrayType": "DevVarShortArray",
    "UShortArrayType": "DevVarUShortArray",
    "IntArrayType": "DevVarLongArray",
    "UIntArrayType": "DevVarULongArray",
    "LongArrayType": "DevVarLong64Array",
    "ULongArrayType": "DevVarULong64Array",
    "FloatArrayType": "DevVarFloatArray",
    "DoubleArrayType": "DevVarDoubleArray",
    "StringArrayType": "DevVarStringArray",
    "BooleanArrayType": "DevVarBooleanArray",
    "LongStringArrayType": "DevVarLongStringArray",
    "DoubleStringArrayType": "DevVarDoubleStringArray",
}
_VECTORS = {
    "BooleanVectorType": "DevVarBooleanArray",
    "ShortVectorType": "DevVarShortArray",
    "UShortVectorType": "DevVarUShortArray",
    "IntVectorType": "DevVarLongArray",
    "UIntVectorType": "DevVarULongArray",
    "LongVectorType": "DevVarLong64Array",
    "ULongVectorType": "DevVarULong64Array",
    "FloatVectorType": "DevVarFloatArray",
    "DoubleVectorType": "DevVarDoubleArray",
    "StringVectorType": "DevVarStringArray",
}
_SPECIAL = {"ConstStringType": "DevString", "DevIntType": "DevLong"}
_TANGO = _SCALARS | _ARRAYS | _VECTORS | _SPECIAL
_POGO = {tango: pogo for pogo, tango in (_SCALARS | _ARRAYS).items()}
_POGO_PROPERTY = {tango: pogo for pogo, tango in (_SCALARS | _VECTORS).items()}


def tango_type(pogo: str) -> str:
    """``DevDouble`` of ``pogoDsl:DoubleType``; a name that is not Pogo's is returned unchanged."""
    word = pogo.rpartition(":")[2]
    return _TANGO.get(word, word)


def pogo_type(tango: str, in_property: bool = False) -> str:
    """``pogoDsl:DoubleType`` of ``DevDouble``; array types are vectors in properties."""
    table = _POGO_PROPERTY if in_property else _POGO
    return f"pogoDsl:{table.get(tango, tango)}"
