"""Names of devices: which devices a class has in a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.server.base._failure import throw

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.host._core import ServerCore

#: cppTango's name for the device of a class without a database if no name was given.
NAMELESS = "NoName"


def names_of(server: ServerCore, cls: DeviceClass) -> list[str]:
    """The names of a class's devices, as its server starts."""
    names = server.device_names.get(cls.get_name().lower())
    if names is None and server.store.lists_devices:
        names = server.store.device_names(cls.get_name())
    if names is not None:
        return list(names)
    # Without a database the names are the command line's, else the class's own, else the default.
    names = _on_command_line(server, cls)
    if not names:
        cls.device_name_factory(names)
    if not names and server.command_line_devices is not None and not _has_nameless(server):
        names = [NAMELESS]
    return names


def _on_command_line(server: ServerCore, cls: DeviceClass) -> list[str]:
    """The names with "Class::" in front; names without it belong to the last class."""
    own = cls.get_name().lower()
    last = server.classes[-1].name.lower()
    names = []
    for each in server.command_line_devices or ():
        class_name, _, name = each.rpartition("::")
        if (class_name.lower() or last) == own:
            names.append(name)
    return names


def check_classes(server: ServerCore) -> None:
    """Refuse a command line that names devices of a class which the server does not have."""
    known = {info.name.lower() for info in server.classes}
    for each in server.command_line_devices or ():
        class_name = each.rpartition("::")[0].lower()
        if class_name and class_name not in known:
            raise throw(
                "API_WrongCmdLineArgs",
                f"Class name {class_name} used on command line device declaration but this class "
                "is not embedded in DS process",
                "Util::validate_cmd_line_classes",
            )


def _has_nameless(server: ServerCore) -> bool:
    return NAMELESS.lower().encode() in server.dispatcher.by_key
