"""MultiAttrProp: all properties of an attribute in one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from puretango.values import Printable


@dataclass(repr=False)
class MultiAttrProp(Printable):
    """What ``Attribute.get_properties`` gives and ``set_properties`` takes."""

    label: Any = ""
    description: Any = ""
    unit: Any = ""
    standard_unit: Any = ""
    display_unit: Any = ""
    format: Any = ""
    min_value: Any = ""
    max_value: Any = ""
    min_alarm: Any = ""
    max_alarm: Any = ""
    min_warning: Any = ""
    max_warning: Any = ""
    delta_t: Any = ""
    delta_val: Any = ""
    event_period: Any = ""
    archive_period: Any = ""
    rel_change: Any = ""
    abs_change: Any = ""
    archive_rel_change: Any = ""
    archive_abs_change: Any = ""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in MultiAttrProp.__dataclass_fields__:
            raise AttributeError(f"tango._tango.MultiAttrProp object has no attribute '{name}'")
        object.__setattr__(self, name, value)
