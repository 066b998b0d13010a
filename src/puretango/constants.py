"""Tango's constants, under PyTango's names."""

from __future__ import annotations

import platform
import sys
from typing import Any

# Reasons of errors.

API_AttrConfig = "API_AttrConfig"
API_AttrEventProp = "API_AttrEventProp"
API_AttrIncorrectDataNumber = "API_AttrIncorrectDataNumber"
API_AttrNoAlarm = "API_AttrNoAlarm"
API_AttrNotAllowed = "API_AttrNotAllowed"
API_AttrNotFound = "API_AttrNotFound"
API_AttrNotWritable = "API_AttrNotWritable"
API_AttrOptProp = "API_AttrOptProp"
API_AttrPropValueNotSet = "API_AttrPropValueNotSet"
API_AttrValueNotSet = "API_AttrValueNotSet"
API_AttrWrongDefined = "API_AttrWrongDefined"
API_AttrWrongMemValue = "API_AttrWrongMemValue"
API_BadConfigurationProperty = "API_BadConfigurationProperty"
API_BlackBoxArgument = "API_BlackBoxArgument"
API_BlackBoxEmpty = "API_BlackBoxEmpty"
API_CannotCheckAccessControl = "API_CannotCheckAccessControl"
API_CannotOpenFile = "API_CannotOpenFile"
API_CantActivatePOAManager = "API_CantActivatePOAManager"
API_CantCreateClassPoa = "API_CantCreateClassPoa"
API_CantCreateLockingThread = "API_CantCreateLockingThread"
API_CantFindLockingThread = "API_CantFindLockingThread"
API_CantGetClientIdent = "API_CantGetClientIdent"
API_CantGetDevObjectId = "API_CantGetDevObjectId"
API_CantInstallSignal = "API_CantInstallSignal"
API_CantRetrieveClass = "API_CantRetrieveClass"
API_CantRetrieveClassList = "API_CantRetrieveClassList"
API_CantStoreDeviceClass = "API_CantStoreDeviceClass"
API_ClassNotFound = "API_ClassNotFound"
API_CmdArgumentTypeNotSupported = "API_CmdArgumentTypeNotSupported"
API_CommandNotAllowed = "API_CommandNotAllowed"
API_CommandNotFound = "API_CommandNotFound"
API_CorbaSysException = "API_CorbaSysException"
API_CorruptedDatabase = "API_CorruptedDatabase"
API_DatabaseAccess = "API_DatabaseAccess"
API_DeviceLocked = "API_DeviceLocked"
API_DeviceNotFound = "API_DeviceNotFound"
API_DeviceNotLocked = "API_DeviceNotLocked"
API_DeviceUnlockable = "API_DeviceUnlockable"
API_DeviceUnlocked = "API_DeviceUnlocked"
API_EventSupplierNotConstructed = "API_EventSupplierNotConstructed"
API_IncoherentDbData = "API_IncoherentDbData"
API_IncoherentDevData = "API_IncoherentDevData"
API_IncoherentValues = "API_IncoherentValues"
API_IncompatibleAttrDataType = "API_IncompatibleAttrDataType"
API_IncompatibleCmdArgumentType = "API_IncompatibleCmdArgumentType"
API_InitMethodNotFound = "API_InitMethodNotFound"
API_InitNotPublic = "API_InitNotPublic"
API_InitThrowsException = "API_InitThrowsException"
API_JavaRuntimeSecurityException = "API_JavaRuntimeSecurityException"
API_MemoryAllocation = "API_MemoryAllocation"
API_MethodArgument = "API_MethodArgument"
API_MethodNotFound = "API_MethodNotFound"
API_MissedEvents = "API_MissedEvents"
API_NotSupportedFeature = "API_NotSupportedFeature"
API_NtDebugWindowError = "API_NtDebugWindowError"
API_OverloadingNotSupported = "API_OverloadingNotSupported"
API_PolledDeviceNotInPoolConf = "API_PolledDeviceNotInPoolConf"
API_PolledDeviceNotInPoolMap = "API_PolledDeviceNotInPoolMap"
API_PollingThreadNotFound = "API_PollingThreadNotFound"
API_ReadOnlyMode = "API_ReadOnlyMode"
API_SignalOutOfRange = "API_SignalOutOfRange"
API_SystemCallFailed = "API_SystemCallFailed"
API_WAttrOutsideLimit = "API_WAttrOutsideLimit"
API_WizardConfError = "API_WizardConfError"
API_WrongEventData = "API_WrongEventData"
API_WrongHistoryDataBuffer = "API_WrongHistoryDataBuffer"
API_WrongLockingStatus = "API_WrongLockingStatus"
API_ZmqInitFailed = "API_ZmqInitFailed"

# Names, texts and limits.

ACCESS_SERVICE = "AccessControl"
ALL_EVENTS = 0
AllAttr = "All attributes"
AllAttr_3 = "All attributes_3"
AllCmd = "All commands"
AlrmValueNotSpec = "Not specified"
AssocWritNotSpec = "None"
CLNT_TIMEOUT = 3000
CLNT_TIMEOUT_STR = "3000"
CONTROL_SYSTEM = "CtrlSystem"
CTRL_SOCK_ENDPOINT = "inproc://control"
DATABASE_CLASS = "DataBase"
DB_CONNECT_TIMEOUT = 25000
DB_RECONNECT_TIMEOUT = 20000
DB_START_PHASE_RETRIES = 3
DB_TIMEOUT = 13000
DEFAULT_EVENT_PERIOD = 1000
DEFAULT_LOCK_VALIDITY = 10
DEFAULT_POLLING_THREADS_POOL_SIZE = 1
DEFAULT_POLL_OLD_FACTOR = 4
DEFAULT_TIMEOUT = 3200
DEVICE_UNLOCKED_REASON = "API_DeviceUnlocked"
DSDeviceDomain = "dserver"
DbObjName = "database"
DefaultBlackBoxDepth = 50
DefaultDocUrl = "http://www.tango-controls.org"
DefaultMaxSeq = 20
DefaultPollRingDepth = 10
DefaultWritAttrProp = False
DescNotSet = "Uninitialised"
DescNotSpec = "No description"
DevVersion = 6
DispUnitNotSpec = "No display unit"
EVENT_HEARTBEAT_PERIOD = 10
EVENT_METHOD_NAME = "push_zmq_event"
EVENT_RESUBSCRIBE_PERIOD = 600
EnvVariable = "TANGO_HOST"
FormatNotSpec = "%6.2f"
FormatNotSpec_FL = "%6.2f"
FormatNotSpec_INT = "%d"
FormatNotSpec_STR = "%s"
HEARTBEAT = "Event heartbeat"
HEARTBEAT_EVENT_NAME = "heartbeat"
HEARTBEAT_METHOD_NAME = "push_heartbeat_event"
InitialOutput = "Initial Output"
LOCAL_POLL_REQUEST = "_local"
LOCAL_REQUEST_STR_SIZE = 6
LabelNotSpec = "No label"
MAX_GIOP_PER_SERVER = "128"
MAX_SOCKET_SUB = 10
MAX_TRANSFER_SIZE = "268435456"
MCAST_HOPS = 5
MCAST_PROT = "epgm://"
MIN_IDL_CONF5 = 5
MIN_IDL_DEV_INTR = 5
MIN_LOCK_VALIDITY = 2
MIN_POLL_PERIOD = 5
MaxDevPropLength = 255
MaxServerNameLength = 255
MemAttrPropName = "__value"
MemNotUsed = "Not used yet"
MessBoxTitle = "Tango Device Server"
NARROW_CLNT_TIMEOUT = 100
NOTIFD_CHANNEL = "notifd_channel"
NoClass = "noclass"
NotANumber = "NaN"
NotSet = "Uninitialised"
PGM_IVL = 20000
PGM_RATE = 81920
PUB_HWM = 1000
PollAttribute = "attribute"
PollCommand = "command"
ResNotDefined = "0"
RootAttNotDef = "Not defined"
SERVICE_PROP_NAME = "Services"
SUB_HWM = 1000
SUB_SEND_HWM = 10000
StatusNotSet = "Not initialised"
StdUnitNotSpec = "No standard unit"
TANGO_FLOAT_PRECISION = 15
TANGO_PY_MOD_NAME = "_PyTango.pyd"
TANGO_VERSION = "10.3.3"
TANGO_VERSION_MAJOR = 10
TANGO_VERSION_MINOR = 3
TANGO_VERSION_NB = 100303
TANGO_VERSION_PATCH = 3
TELEMETRY_SUPPORTED = True
TG_IMP_MINOR_DEVFAILED = 11
TG_IMP_MINOR_NON_DEVFAILED = 12
TG_IMP_MINOR_TO = 10
TG_LOCAL_HOST = "localhost"
TangoHostNotSet = "Undef"
TgLibMajorVers = "10"
TgLibVers = "10.3.3"
TgLibVersNb = 100303
USER_ENV_VAR_FILE = ".tangorc"
UnitNotSpec = ""
WindowsEnvVariable = "TANGO_ROOT"
ZMQ_EVENT_PROT_VERSION = 1
kLogTargetConsole = "console"
kLogTargetDevice = "device"
kLogTargetFile = "file"
kLogTargetSep = "::"

TANGO_VERSION_HEX = 0x10030300

PY_VERSION = ".".join(map(str, sys.version_info[:3]))
PY_VERSION_HEX = sys.hexversion
PY_MAJOR_VERSION, PY_MINOR_VERSION, PY_MICRO_VERSION = sys.version_info[:3]


class Compile:
    """The versions that the package was built with."""

    PY_VERSION = PY_VERSION
    TANGO_VERSION = TANGO_VERSION


class Runtime:
    """The versions that the package runs on."""

    PY_VERSION = PY_VERSION
    TANGO_VERSION = TANGO_VERSION
    UNAME = platform.uname()


def __getattr__(name: str) -> Any:
    if name == "NUMPY_VERSION":
        import numpy

        return numpy.__version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
