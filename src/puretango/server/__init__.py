"""Device servers: Device, attribute, command, properties, run, and the Server object."""

from puretango.client import get_green_mode
from puretango.errors import DevFailed
from puretango.server._admin import DServer
from puretango.server._arguments import parse_args
from puretango.server._attr import (
    Attr,
    AttrProperty,
    FwdAttr,
    ImageAttr,
    SpectrumAttr,
    UserDefaultAttrProp,
    UserDefaultFwdAttrProp,
)
from puretango.server._attrdata import AttrData
from puretango.server._attribute import Attribute
from puretango.server._classlists import (
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
from puretango.server._command import Command
from puretango.server._commanddeclaration import command
from puretango.server._declaration import attribute
from puretango.server._declarationcheck import DeclarationError
from puretango.server._device import BaseDevice, Device
from puretango.server._deviceclass import DeviceClass, MultiClassAttribute
from puretango.server._deviceimpl import (
    Device_2Impl,
    Device_3Impl,
    Device_4Impl,
    Device_5Impl,
    Device_6Impl,
    DeviceImpl,
    LatestDeviceImpl,
)
from puretango.server._direct import read_directly, write_directly
from puretango.server._limits import LIMITS_VARIABLE, keeps_pytango_limits
from puretango.server._logdecorators import DebugIt, ErrorIt, FatalIt, InfoIt, LogIt, WarnIt
from puretango.server._logging import Level, Logging
from puretango.server._logmixin import LogAttributeMixin
from puretango.server._logservice import DeviceLogger as Logger
from puretango.server._logservice import LogStream as TangoStream
from puretango.server._meta import DeviceMeta
from puretango.server._monitor import AutoTangoAllowThreads, AutoTangoMonitor
from puretango.server._multiattribute import MultiAttribute
from puretango.server._multiattrprop import MultiAttrProp
from puretango.server._pipe import Pipe
from puretango.server._pipedata import PipeData, UserDefaultPipeProp, pipe
from puretango.server._propertydeclaration import class_property, device_property
from puretango.server._run import run, server_run
from puretango.server._run import to_callback as __to_callback  # noqa: F401 - PyTango's tests
from puretango.server._server import Server
from puretango.server._store import Store as ServerStore
from puretango.server._subdevices import SubDevDiag
from puretango.server._timed import TimedAttrData, TimedCmdData
from puretango.server._typehint import (
    EnumTypeError,
    get_attribute_type_format,
    get_enum_labels,
    get_tango_type_format,
    is_coroutine_function,
    parse_type_hint,
)
from puretango.server._util import Interceptors, Util
from puretango.server._wattribute import WAttribute
from puretango.server._worker import get_worker, set_worker
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
