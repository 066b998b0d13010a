"""The kind of an attribute: type, format, access and labels, which decide the form of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.values import AttrDataFormat, AttrWriteType, CmdArgType

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Kind"]

# Little-endian on all machines: the files may be read on another one.
_DTYPES = {
    "DevBoolean": "|b1",
    "DevUChar": "|u1",
    "DevShort": "<i2",
    "DevUShort": "<u2",
    "DevLong": "<i4",
    "DevULong": "<u4",
    "DevLong64": "<i8",
    "DevULong64": "<u8",
    "DevFloat": "<f4",
    "DevDouble": "<f8",
    "DevState": "|u1",
    "DevEnum": "<i2",
}
_TYPES = (*_DTYPES, "DevString", "DevEncoded")
_FORMATS = ("SCALAR", "SPECTRUM", "IMAGE")
_ACCESS = ("READ", "READ_WITH_WRITE", "WRITE", "READ_WRITE")


@dataclass(frozen=True, slots=True)
class Kind:
    """Type, format, access and enum labels of an attribute: a change of any begins a new generation.

    Attributes:
        type: Tango's name of the type: ``DevDouble``, ``DevString``, …
        format: ``SCALAR``, ``SPECTRUM`` or ``IMAGE``.
        access: ``READ``, ``WRITE``, ``READ_WRITE`` or ``READ_WITH_WRITE``.
        labels: The labels of a DevEnum, else empty.
    """

    type: str
    format: str = "SCALAR"
    access: str = "READ"
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.type not in _TYPES or self.format not in _FORMATS or self.access not in _ACCESS:
            raise ValueError(f"{self.type} {self.format} {self.access} cannot be archived")

    @classmethod
    def of(
        cls, data_type: Any, data_format: Any, writable: Any, labels: Sequence[str] = ()
    ) -> Kind:
        """The kind from the enumerators in an attribute's configuration.

        Raises:
            ValueError: Such an attribute cannot be archived.
        """
        name = CmdArgType(data_type).name
        kept = tuple(labels) if name == "DevEnum" else ()
        return cls(name, AttrDataFormat(data_format).name, AttrWriteType(writable).name, kept)

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The numpy type of one element; None for strings and encoded values."""
        name = _DTYPES.get(self.type)
        return None if name is None else np.dtype(name)

    @property
    def is_scalar(self) -> bool:
        """True for a scalar, not a spectrum or an image."""
        return self.format == "SCALAR"

    @property
    def is_numeric(self) -> bool:
        """True for a scalar that numpy has a type for: such samples make columns of numbers."""
        return self.format == "SCALAR" and self.type in _DTYPES

    @property
    def is_float(self) -> bool:
        """True for a DevFloat or DevDouble."""
        return self.type in {"DevFloat", "DevDouble"}

    @property
    def has_set_value(self) -> bool:
        """Whether a sample has a set value besides the read one."""
        return self.access != "READ"

    def __str__(self) -> str:
        return f"{self.type} {self.format} {self.access}"
