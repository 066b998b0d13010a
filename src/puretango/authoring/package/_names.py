"""Names of a package: Tango's names as Python's, a class's name as a package's."""

from __future__ import annotations

import keyword
import re

from puretango.model import AttributeModel, ClassModel

__all__ = ["member_of", "is_class_name", "method_name", "package_name"]


def method_name(name: str) -> str:
    """``DefinePosition`` and ``exposureTime`` as ``define_position`` and ``exposure_time``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    found = re.sub(r"\W+", "_", split).strip("_").lower() or "member"
    found = f"_{found}" if found[0].isdigit() else found
    return f"{found}_" if keyword.iskeyword(found) else found


def package_name(name: str) -> str:
    """``PowerSupply`` as ``tangods_power_supply``, as such packages are usually named."""
    return f"tangods_{method_name(name)}"


def is_class_name(name: str) -> bool:
    """True for CamelCase of letters and digits, as the guidelines name classes."""
    return re.fullmatch(r"[A-Z][A-Za-z0-9]+", name) is not None and not keyword.iskeyword(name)


def member_of(model: ClassModel, attribute: AttributeModel) -> str:
    """The Python member of an attribute: another name if a property or command has the same."""
    others = {one.name for one in (*model.device_properties, *model.class_properties)}
    others |= {one.name for one in model.own_commands()}
    return f"{attribute.name}_attribute" if attribute.name in others else attribute.name
