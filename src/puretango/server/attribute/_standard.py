"""The attributes State and Status of every device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.server.attribute._attribute import Attribute
from puretango.server.base._wiretype import STATUS_WIRE_TYPE
from puretango.server.declaration._attr import Attr
from puretango.values import AttrWriteType, CmdArgType

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner
    from puretango.server.declaration.settings._settings import Settings


class StateAttribute(Attribute):
    """The attribute State."""

    @property
    def is_state(self) -> bool:
        """True: its value is the device's state; the attribute has no read method of its own."""
        return True


class StatusAttribute(Attribute):
    """The attribute Status."""

    def __init__(self, spec: Attr, settings: Settings, device: AttributeOwner) -> None:
        super().__init__(spec, settings, device)
        self.wire = STATUS_WIRE_TYPE


def standard_specs() -> tuple[Attr, Attr]:
    """What the library declares for every class."""
    state = Attr("State", CmdArgType.DevState, AttrWriteType.READ)
    status = Attr("Status", CmdArgType.DevString, AttrWriteType.READ)
    return state, status


def is_standard(attribute: Any) -> bool:
    """True for State and Status."""
    return isinstance(attribute, (StateAttribute, StatusAttribute))
