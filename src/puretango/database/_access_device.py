"""The access control device: its commands over a store."""

from __future__ import annotations

from functools import partial
from typing import Any

from puretango.database.answers._access import access_answer
from puretango.database.answers._commands import CommandFace, faces_of
from puretango.server import Device, DeviceMeta
from puretango.store import Store
from puretango.values import DevState

from ._declared import declared

__all__ = ["access_control_class", "access_faces"]


def access_faces() -> dict[str, CommandFace]:
    """The interface of the access control's commands."""
    return faces_of("access.json")


class AccessControlDevice(Device):
    """The access control device, without its commands: which users may access which devices, and from where."""

    def init_device(self) -> None:
        """Set the state to ON: everything is in the store."""
        super().init_device()
        self.set_state(DevState.ON)
        self.set_status("Device is OK")


def access_control_class(store: Store) -> type[Device]:
    """The device class ``TangoAccessControl`` whose devices answer from this store."""
    members: dict[str, Any] = {
        name: declared(name, face, partial(access_answer, store, name))
        for name, face in access_faces().items()
    }
    members.update(__doc__="The access control of a Tango system.", __module__=__name__)
    made: type[Device] = DeviceMeta("TangoAccessControl", (AccessControlDevice,), members)
    return made
