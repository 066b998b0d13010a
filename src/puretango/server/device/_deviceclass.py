"""DeviceClass: what the devices of one class in one server have in common."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from puretango.errors import Except
from puretango.server.base._calling import beside_loop, of_class
from puretango.server.base._current import find_server
from puretango.server.command._command import STANDARD_COMMANDS, Command
from puretango.server.command._declared import command_from_info
from puretango.server.declaration._attr import Attr
from puretango.server.declaration._attrdata import AttrData
from puretango.server.declaration._convert import PropUtil
from puretango.server.declaration._pipe import PipeData
from puretango.server.pipe._pipe import Pipe
from puretango.values import Subclassed

if TYPE_CHECKING:
    from puretango.server.device.parts._ports import DeviceHost


_HIDDEN = "\0"
"""Prefix in the key of an author's attribute called State or Status, which clients cannot find by name."""


class MultiClassAttribute:
    """The attributes of a device class."""

    def __init__(self) -> None:
        self.by_name: dict[str, Attr] = {}

    def add(self, attr: Attr) -> None:
        """Add, or replace the one of that name."""
        self.by_name[attr.lower_name] = attr

    def add_standard(self, attr: Attr) -> None:
        """Add State or Status.

        An author's attribute of that name, in any spelling, stays in the list, as
        in cppTango; requests for it by name get the library's.
        """
        name = attr.lower_name
        self.by_name = {
            _HIDDEN + key if key == name else key: known for key, known in self.by_name.items()
        }
        self.add(attr)

    def get_attr(self, attr_name: str) -> Attr:
        """The attribute of that name."""
        found = self.by_name.get(attr_name.lower())
        if found is None:
            Except.throw_exception(
                "API_AttrOptProp",
                f"Attribute {attr_name} not found in class attribute(s)",
                "MultiClassAttribute::get_attr",
            )
        return found

    def get_attr_list(self) -> tuple[Attr, ...]:
        """The declared attributes, in their order; without State and Status, which no author declares."""
        own = {"state", "status"}
        return tuple(attr for name, attr in self.by_name.items() if name not in own)

    def remove_attr(self, attr_name: str, cl_name: str = "") -> None:
        """Remove the attribute of that name."""
        self.by_name.pop(attr_name.lower(), None)


class DeviceClass(Subclassed):
    """A device class: the low-level way to declare one is to subclass this.

    ::

        class MotorClass(DeviceClass):
            cmd_list = {"On": [[CmdArgType.DevVoid, ""], [CmdArgType.DevVoid, ""]]}
            attr_list = {"position": [[CmdArgType.DevDouble, AttrDataFormat.SCALAR,
                                       AttrWriteType.READ]]}
    """

    class_property_list: dict[str, Any] = {}
    device_property_list: dict[str, Any] = {}
    cmd_list: dict[str, Any] = {}
    attr_list: dict[str, Any] = {}
    pipe_list: dict[str, Any] = {}
    passes_attribute: ClassVar[bool] = True
    """True if read and write methods take the Attribute object, as in the low-level style."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._type = name
        self.device_type: type[Any] | None = None
        server = cast("DeviceHost | None", find_server())
        assert server is not None, "a DeviceClass is made by a server"
        self.server: DeviceHost = server
        self.class_property_list = copy.deepcopy(type(self).class_property_list)
        self.py_dev_list: list[Any] = []
        self.commands: dict[str, Command] = {}
        self.default_command: Command | None = None
        self.class_attributes = MultiClassAttribute()
        self.pipes: list[PipeData] = []
        self.wizard_class: list[tuple[str, str, str]] = []
        self.wizard_device: list[tuple[str, str, str]] = []
        self.signals: set[int] = set()
        self.prop_util = PropUtil(server)
        self.prop_util.describe_properties(self)
        self.prop_util.read_class_properties(self)
        for prop_name in self.class_property_list:
            if not hasattr(self, prop_name):
                value = self.prop_util.value_of(self.class_property_list[prop_name], prop_name)
                setattr(self, prop_name, value)

    def __str__(self) -> str:
        return f"{type(self).__name__}({self._name})"

    __repr__ = __str__

    # -- building -------------------------------------------------------------------------

    def build(self, device_type: type[Any]) -> None:
        """Make the commands and attributes that the class declares."""
        self.device_type = device_type
        for standard in STANDARD_COMMANDS:
            self.commands[standard.lower_name] = standard
        for name, info in type(self).cmd_list.items():
            self.add_command(command_from_info(self._name, device_type, name, info))
        for name, info in type(self).attr_list.items():
            self.class_attributes.add(self._attr_from_info(name, info))
        for name, info in sorted(type(self).pipe_list.items()):
            pipe = info if isinstance(info, PipeData) else PipeData(name, self._name, info)
            self.pipes.append(pipe)

    def make_pipes(self, device_type: type[Any]) -> dict[str, Pipe]:
        """A device's own pipes, by their names in lower case."""
        made = [Pipe(data, device_type, self.passes_attribute) for data in self.pipes]
        return {pipe.lower_name: pipe for pipe in made}

    def _attr_from_info(self, name: str, info: Any) -> Attr:
        data = info if isinstance(info, AttrData) else AttrData(name, self._name, info)
        attr = data.to_attr()
        attr.set_cl_name(self._name)
        kind = self.device_type
        read = of_class(kind, data.fget or data.read_method_name)
        write = of_class(kind, data.fset or data.write_method_name)
        rule = of_class(kind, data.fisallowed or data.is_allowed_name)
        attr.read_method = beside_loop(kind, read, getattr(data, "read_green_mode", True))
        attr.write_method = beside_loop(kind, write, getattr(data, "write_green_mode", True))
        attr.allowed_method = beside_loop(kind, rule, getattr(data, "isallowed_green_mode", True))
        attr.passes_attribute = self.passes_attribute
        return attr

    def add_command(self, command: Command) -> None:
        """Add, or replace the one of that name."""
        self.commands[command.lower_name] = command
        if command.is_default:
            self.default_command = command
        self.changed()

    def remove_command(self, lower_name: str) -> None:
        """Take a command away from all devices of the class."""
        del self.commands[lower_name]
        self.changed()

    def changed(self) -> None:
        """Plans for requests to the devices of the class are no longer valid."""
        for device in list(self.py_dev_list):
            device._tango.changed()

    # -- PyTango's methods ------------------------------------------------------------------

    def get_name(self) -> str:
        """The name of the class."""
        return self._name

    def set_type(self, dev_type: str) -> None:
        """The type that a device's info gives."""
        self._type = dev_type
        self.changed()

    def get_type(self) -> str:
        """The type that a device's info gives."""
        return self._type

    def get_doc_url(self) -> str:
        """Where the class is documented: Tango's own site."""
        return "http://www.tango-controls.org"

    def get_cvs_tag(self) -> str:
        """Kept for PyTango's callers: Python needs no such step."""
        return ""

    def get_cvs_location(self) -> str:
        """Kept for PyTango's callers: Python needs no such step."""
        return ""

    def get_device_list(self) -> list[Any]:
        """The devices of the class."""
        return list(self.py_dev_list)

    def get_command_list(self) -> list[Command]:
        """The commands of the class."""
        return list(self.commands.values())

    def get_cmd_by_name(self, cmd_name: str) -> Command:
        """The command of that name."""
        found = self.commands.get(cmd_name.lower())
        if found is None:
            Except.throw_exception(
                "API_CommandNotFound",
                f"Command {cmd_name} not found",
                "DeviceClass::get_cmd_by_name",
            )
        return found

    def get_pipe_list(self, dev_name: str) -> list[Pipe]:
        """The pipes of a device of the class."""
        lowered = dev_name.lower()
        found = [each for each in self.py_dev_list if each._tango.lower_name == lowered]
        if not found:
            Except.throw_exception(
                "API_PipeNotFound",
                f"{dev_name} device not found in pipe map",
                "DeviceClass::get_pipe_list",
            )
        return list(found[0]._tango.pipes.values())

    def get_pipe_by_name(self, pipe_name: str, dev_name: str) -> Pipe:
        """The pipe of that name of a device of the class."""
        lowered = pipe_name.lower()
        found = [pipe for pipe in self.get_pipe_list(dev_name) if pipe.lower_name == lowered]
        if not found:
            Except.throw_exception(
                "API_PipeNotFound", f"{pipe_name} pipe not found", "DeviceClass::get_pipe_by_name"
            )
        return found[0]

    def get_class_attr(self) -> MultiClassAttribute:
        """The attributes of the class."""
        return self.class_attributes

    def add_wiz_class_prop(self, name: str, desc: str, default: str = "") -> None:
        """Describe a class property for the tools."""
        self.wizard_class.append((name, desc, default))

    def add_wiz_dev_prop(self, name: str, desc: str, default: str = "") -> None:
        """Describe a device property for the tools."""
        self.wizard_device.append((name, desc, default))

    def dyn_attr(self, device_list: list[Any]) -> None:
        """Overridden by authors: add the dynamic attributes of the devices."""

    def device_name_factory(self, dev_name_list: list[str]) -> None:
        """Overridden by authors: the device names of a server without a database."""

    def device_factory(self, device_list: list[str]) -> None:
        """Make the devices of these names and give them to the server."""
        self.server.make_devices(self, device_list)

    def _new_device(self, kind: type, cls: DeviceClass, name: str) -> Any:
        """For authors who write a device_factory after PyTango's: make one device."""
        return self.server.make_device(self, name)

    def _add_device(self, device: Any) -> None:
        """Kept for PyTango's callers: the devices of a class are those in ``py_dev_list``."""

    def export_device(self, dev: Any, corba_dev_name: str = "Unused") -> None:
        """Make a device known to clients, also by a name of its own on the wire."""
        self.server.bring_into_service(dev)
        if corba_dev_name != "Unused":
            self.server.add_object_key(corba_dev_name.lower().encode(), dev.get_name())

    def create_device(
        self, device_name: str, alias: str | None = None, cb: Callable[..., Any] | None = None
    ) -> None:
        """Define a new device in the database and start it in this server."""
        self.server.util.create_device(self._name, device_name, alias=alias, cb=cb)

    def delete_device(self, device_name: str) -> None:
        """Delete a device from the database and from this server."""
        self.server.util.delete_device(self._name, device_name)

    def device_destroyer(self, name: str) -> None:
        """Stop one device of the class and forget it."""
        for device in self.py_dev_list:
            if device.get_name().lower() == name.lower():
                self.server.remove_device(device)
                return
        Except.throw_exception(
            "PyAPI_CantDestroyDevice",
            f"Device {name} not in Tango class device list!",
            "DeviceClass.device_destroyer",
        )

    def signal_handler(self, signo: int) -> None:
        """Overridden by authors: a signal registered by the class has arrived."""

    def register_signal(self, signo: int, own_handler: bool = False) -> None:
        """Call signal_handler when that signal arrives."""
        self.signals.add(signo)
        self.server.signals.register(signo, self)

    def unregister_signal(self, signo: int) -> None:
        """Stop calling signal_handler."""
        self.signals.discard(signo)
        self.server.signals.unregister(signo, self)
