"""Properties of pipes, of devices and of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.database._call import datum, question
from puretango.client.database._lists import history
from puretango.client.database._properties import member_deleter, member_getter, member_putter
from puretango.client.green._green import green_core
from puretango.client.commands._typed import STRINGS, typed_command
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DatabasePipes"]


class DatabasePipes:
    """Calls of a Database about pipes."""

    _session: Session

    get_device_pipe_property = member_getter(
        "get_device_pipe_property",
        "DbGetDevicePipeProperty",
        "Properties of a device's pipes: ``{pipe: {property: [strings]}}``.",
    )
    put_device_pipe_property = member_putter(
        "put_device_pipe_property",
        "DbPutDevicePipeProperty",
        "Write properties of a device's pipes.",
    )
    delete_device_pipe_property = member_deleter(
        "delete_device_pipe_property",
        "DbDeleteDevicePipeProperty",
        "Delete properties of a device's pipes.",
    )
    get_class_pipe_property = member_getter(
        "get_class_pipe_property",
        "DbGetClassPipeProperty",
        "Properties of a class's pipes: ``{pipe: {property: [strings]}}``.",
    )
    put_class_pipe_property = member_putter(
        "put_class_pipe_property",
        "DbPutClassPipeProperty",
        "Write properties of a class's pipes.",
    )
    delete_class_pipe_property = member_deleter(
        "delete_class_pipe_property",
        "DbDeleteClassPipeProperty",
        "Delete properties of a class's pipes.",
    )
    get_class_pipe_list = question(
        "get_class_pipe_list",
        "DbGetClassPipeList",
        "class_name wildcard",
        "The pipes of a class that have properties.",
        datum("class"),
    )
    get_device_pipe_property_history = question(
        "get_device_pipe_property_history",
        "DbGetDevicePipePropertyHist",
        "dev_name pipe_name prop_name",
        "The past values of a property of a device's pipe.",
        history(True),
    )
    get_class_pipe_property_history = question(
        "get_class_pipe_property_history",
        "DbGetClassPipePropertyHist",
        "class_name pipe_name prop_name",
        "The past values of a property of a class's pipe.",
        history(True),
    )

    @green_core(default_mode=GreenMode.Synchronous)
    async def get_device_pipe_list(self, io: IO, dev_name: str, pipe_list: list[Any]) -> None:
        """Append the pipes of a device that have properties to a list."""
        answer = await typed_command(
            io, self._session, "DbGetDevicePipeList", STRINGS, [dev_name, "*"]
        )
        pipe_list.extend(answer)
