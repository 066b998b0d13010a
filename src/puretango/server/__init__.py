"""Device servers: Device, attribute, command, properties, run, and the Server object."""

from puretango.client import get_green_mode
from puretango.errors import DevFailed
from puretango.server.admin._dserver import DServer
from puretango.server.attribute._attribute import Attribute
from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._monitor import AutoTangoAllowThreads, AutoTangoMonitor
from puretango.server.base._subdevices import SubDevDiag
from puretango.server.command._command import Command
from puretango.server.declaration._attr import (
    Attr,
    AttrProperty,
    FwdAttr,
    ImageAttr,
    SpectrumAttr,
    UserDefaultAttrProp,
    UserDefaultFwdAttrProp,
)
from puretango.server.declaration._attrdata import AttrData
from puretango.server.declaration._attribute import attribute
from puretango.server.declaration._check import DeclarationError
from puretango.server.declaration._command import command
from puretango.server.declaration._pipe import PipeData, UserDefaultPipeProp, pipe
from puretango.server.declaration._property import class_property, device_property
from puretango.server.declaration._typehint import (
    EnumTypeError,
    get_attribute_type_format,
    get_enum_labels,
    get_tango_type_format,
    is_coroutine_function,
    parse_type_hint,
)
from puretango.server.declaration.settings._multiattrprop import MultiAttrProp
from puretango.server.device._device import BaseDevice, Device
from puretango.server.device._deviceclass import DeviceClass, MultiClassAttribute
from puretango.server.device._deviceimpl import (
    Device_2Impl,
    Device_3Impl,
    Device_4Impl,
    Device_5Impl,
    Device_6Impl,
    DeviceImpl,
    LatestDeviceImpl,
)
from puretango.server.device._direct import read_directly, write_directly
from puretango.server.device._meta import DeviceMeta
from puretango.server.host._limits import LIMITS_VARIABLE, keeps_pytango_limits
from puretango.server.host._server import Server
from puretango.server.logs._admin import Level, Logging
from puretango.server.logs._attribute import LogAttributeMixin
from puretango.server.logs._decorators import DebugIt, ErrorIt, FatalIt, InfoIt, LogIt, WarnIt
from puretango.server.logs._service import DeviceLogger as Logger
from puretango.server.logs._service import LogStream as TangoStream
from puretango.server.pipe._pipe import Pipe
from puretango.server.polling._timed import TimedAttrData, TimedCmdData
from puretango.server.run._arguments import parse_args
from puretango.server.run._classlists import (
    class_list,
    constructed_class,
    cpp_class_list,
    get_class,
    get_classes,
    get_constructed_class,
    get_constructed_classes,
    get_cpp_class,
    get_cpp_classes,
)
from puretango.server.run._interceptors import Interceptors
from puretango.server.run._run import run, server_run
from puretango.server.run._run import to_callback as __to_callback  # noqa: F401 - PyTango's tests
from puretango.server.run._util import Util
from puretango.server.run._worker import get_worker, set_worker
from puretango.server.store._store import Store as ServerStore
from puretango.values import (
    AttrDataFormat,
    AttrWriteType,
    CmdArgType,
    DevState,
    GreenMode,
    PipeWriteType,
    SerialModel,
)

__all__ = [
    "Attr",
    "AttrData",
    "AttrDataFormat",
    "AttrProperty",
    "AttrWriteType",
    "Attribute",
    "AutoTangoAllowThreads",
    "AutoTangoMonitor",
    "BaseDevice",
    "CmdArgType",
    "Command",
    "DServer",
    "DebugIt",
    "DeclarationError",
    "DevFailed",
    "DevState",
    "Device",
    "DeviceClass",
    "DeviceImpl",
    "DeviceMeta",
    "Device_2Impl",
    "Device_3Impl",
    "Device_4Impl",
    "Device_5Impl",
    "Device_6Impl",
    "EnumTypeError",
    "ErrorIt",
    "FatalIt",
    "FwdAttr",
    "GreenMode",
    "ImageAttr",
    "InfoIt",
    "Interceptors",
    "LIMITS_VARIABLE",
    "LatestDeviceImpl",
    "Level",
    "LogAttributeMixin",
    "LogIt",
    "Logger",
    "Logging",
    "MultiAttrProp",
    "MultiAttribute",
    "MultiClassAttribute",
    "Pipe",
    "PipeData",
    "PipeWriteType",
    "SerialModel",
    "Server",
    "ServerStore",
    "SpectrumAttr",
    "SubDevDiag",
    "TangoStream",
    "TimedAttrData",
    "TimedCmdData",
    "UserDefaultAttrProp",
    "UserDefaultFwdAttrProp",
    "UserDefaultPipeProp",
    "Util",
    "WAttribute",
    "WarnIt",
    "attribute",
    "class_list",
    "class_property",
    "command",
    "constructed_class",
    "cpp_class_list",
    "device_property",
    "get_attribute_type_format",
    "get_class",
    "get_classes",
    "get_constructed_class",
    "get_constructed_classes",
    "get_cpp_class",
    "get_cpp_classes",
    "get_enum_labels",
    "get_green_mode",
    "get_tango_type_format",
    "get_worker",
    "is_coroutine_function",
    "keeps_pytango_limits",
    "parse_args",
    "parse_type_hint",
    "read_directly",
    "pipe",
    "run",
    "server_run",
    "set_worker",
    "write_directly",
]
