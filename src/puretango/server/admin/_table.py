"""The commands of the admin device: names, types, texts."""

from __future__ import annotations

from puretango.server.command._command import UNINITIALISED as _NONE
from puretango.values import CmdArgType

VOID = CmdArgType.DevVoid
STRING = CmdArgType.DevString
STRINGS = CmdArgType.DevVarStringArray
LONG = CmdArgType.DevLong
BOOLEAN = CmdArgType.DevBoolean
LONGS_STRINGS = CmdArgType.DevVarLongStringArray

_ZMQ_IN = (
    "Event consumer wants to subscribe to.\n"
    'device name, attribute/pipe name, action ("subscribe"), event name, '
    '<Tango client IDL version>"\n'
    "event name can take the following values:\n"
    '    "change",\n    "alarm",\n    "periodic",\n    "archive",\n    "user_event",\n'
    '    "attr_conf",\n    "data_ready",\n    "intr_change",\n    "pipe"\n'
    '"info" can also be used as single parameter to retrieve information about the heartbeat '
    "and event pub endpoints."
)
_ZMQ_OUT = (
    "Str[0] = Heartbeat pub endpoint - Str[1] = Event pub endpoint\n...\n"
    "Str[n] = Alternate Heartbeat pub endpoint - Str[n+1] = Alternate Event pub endpoint\n"
    "Str[n+1] = event name used by this server as zmq topic to send events\n"
    "Str[n+2] = channel name used by this server to send heartbeat events\n"
    "Lg[0] = Tango lib release - Lg[1] = Device IDL release\n"
    "Lg[2] = Subscriber HWM - Lg[3] = Multicast rate\n"
    "Lg[4] = Multicast IVL - Lg[5] = ZMQ release"
)

COMMANDS: dict[str, tuple[CmdArgType, str, CmdArgType, str]] = {
    "AddLoggingTarget": (
        STRINGS,
        "Str[i]=Device-name. Str[i+1]=Target-type::Target-name",
        VOID,
        _NONE,
    ),
    "AddObjPolling": (
        LONGS_STRINGS,
        "Lg[0]=Upd period. Str[0]=Device name. Str[1]=Object type. Str[2]=Object name",
        VOID,
        _NONE,
    ),
    "AddTelemetryLoggingEndpoints": (
        STRINGS,
        "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...",
        VOID,
        _NONE,
    ),
    "AddTelemetryTracingEndpoints": (
        STRINGS,
        "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...",
        VOID,
        _NONE,
    ),
    "DevLockStatus": (STRING, "Device name", LONGS_STRINGS, "Device locking status"),
    "DevPollStatus": (STRING, "Device name", STRINGS, "Device polling status"),
    "DevRestart": (STRING, "Device name", VOID, _NONE),
    "EnableEventSystemPerfMon": (
        BOOLEAN,
        "Enable or disable the collection of performance samples for events",
        VOID,
        _NONE,
    ),
    "EventConfirmSubscription": (
        STRINGS,
        (
            "Str[0] = dev1 name, Str[1] = att1 name, Str[2] = event name, Str[3] = dev2 name, "
            "Str[4] = att2 name, Str[5] = event name,..."
        ),
        VOID,
        _NONE,
    ),
    "EventSubscriptionChange": (
        STRINGS,
        "Event consumer wants to subscribe to",
        LONG,
        "Tango lib release",
    ),
    "GetLoggingLevel": (
        STRINGS,
        "Device list",
        LONGS_STRINGS,
        "Lg[i]=Logging Level. Str[i]=Device name.",
    ),
    "GetLoggingTarget": (STRING, "Device name", STRINGS, "Logging target list"),
    "GetTelemetryLogging": (
        STRINGS,
        "Device list",
        LONGS_STRINGS,
        "Long[i]=enable(1)/disabled(0); Str[i]=device name",
    ),
    "GetTelemetryLoggingEndpoints": (
        STRINGS,
        "Device List",
        STRINGS,
        "Str[i]=Device Name, Str[i+1] = # of endpoints, Str[i+2]=exporter type, Str[i+3]=endpoint...",
    ),
    "GetTelemetryTopics": (
        STRINGS,
        "Device list",
        STRINGS,
        "Str[i]=device name, Str[i+1] = # of topics, Str[i+2]... = topics",
    ),
    "GetTelemetryTracing": (
        STRINGS,
        "Device list",
        LONGS_STRINGS,
        "Long[i]=enable(1)/disabled(0); Str[i]=device name",
    ),
    "GetTelemetryTracingEndpoints": (
        STRINGS,
        "Device List",
        STRINGS,
        "Str[i]=Device Name, Str[i+1] = # of endpoints, Str[i+2]=exporter type, Str[i+3]=endpoint...",
    ),
    "IsTelemetryEnabled": (
        STRINGS,
        "Device list",
        LONGS_STRINGS,
        "Long[i]=enable(1)/disabled(0); Str[i]=device name",
    ),
    "Kill": (VOID, _NONE, VOID, _NONE),
    "LockDevice": (LONGS_STRINGS, "Str[0] = Device name. Lg[0] = Lock validity", VOID, _NONE),
    "PolledDevice": (VOID, _NONE, STRINGS, "Polled device name list"),
    "QueryClass": (VOID, _NONE, STRINGS, "Device server class(es) list"),
    "QueryDevice": (VOID, _NONE, STRINGS, "Device server device(s) list"),
    "QueryEventSystem": (
        VOID,
        _NONE,
        STRING,
        "JSON object with information about the event system",
    ),
    "QuerySubDevice": (VOID, _NONE, STRINGS, "Device server sub device(s) list"),
    "QueryWizardClassProperty": (
        STRING,
        "Class name",
        STRINGS,
        "Class property list (name - description and default value)",
    ),
    "QueryWizardDevProperty": (
        STRING,
        "Class name",
        STRINGS,
        "Device property list (name - description and default value)",
    ),
    "ReLockDevices": (STRINGS, "Device(s) name", VOID, _NONE),
    "RemObjPolling": (
        STRINGS,
        "Str[0]=Device name. Str[1]=Object type. Str[2]=Object name",
        VOID,
        _NONE,
    ),
    "RemoveLoggingTarget": (
        STRINGS,
        "Str[i]=Device-name. Str[i+1]=Target-type::Target-name",
        VOID,
        _NONE,
    ),
    "RemoveTelemetryLoggingEndpoints": (
        STRINGS,
        "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...",
        VOID,
        _NONE,
    ),
    "RemoveTelemetryTracingEndpoints": (
        STRINGS,
        "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...",
        VOID,
        _NONE,
    ),
    "RestartServer": (VOID, _NONE, VOID, _NONE),
    "SetLoggingLevel": (LONGS_STRINGS, "Lg[i]=Logging Level. Str[i]=Device name.", VOID, _NONE),
    "SetTelemetryLogging": (
        LONGS_STRINGS,
        "Long[i]=enable(1)/disabled(0); Str[i]=device name",
        VOID,
        _NONE,
    ),
    "SetTelemetryLoggingEndpoints": (
        STRINGS,
        (
            "Str[i]=Device name, Str[i+1]=# of exporter/endpoint pairs, Str[i+2]=exporter "
            "type A, Str[i+3]=endpoint A, Str[i+3]=exporter type B, Str[i+4]=endpoint B..."
        ),
        VOID,
        _NONE,
    ),
    "SetTelemetryTopics": (
        STRINGS,
        "Str[i] = Device name, Str[i+1]=# of topis, Str[i+2] ... = topics",
        VOID,
        _NONE,
    ),
    "SetTelemetryTracing": (
        LONGS_STRINGS,
        "Long[i]=enable(1)/disabled(0); Str[i]=device name",
        VOID,
        _NONE,
    ),
    "SetTelemetryTracingEndpoints": (
        STRINGS,
        (
            "Str[i]=Device name, Str[i+1]=# of exporter/endpoint pairs, Str[i+2]=exporter "
            "type A, Str[i+3]=endpoint A, Str[i+3]=exporter type B, Str[i+4]=endpoint B..."
        ),
        VOID,
        _NONE,
    ),
    "StartLogging": (VOID, _NONE, VOID, _NONE),
    "StartPolling": (VOID, _NONE, VOID, _NONE),
    "StartTelemetry": (STRINGS, "Device list", VOID, _NONE),
    "StopLogging": (VOID, _NONE, VOID, _NONE),
    "StopPolling": (VOID, _NONE, VOID, _NONE),
    "StopTelemetry": (STRINGS, "Device list", VOID, _NONE),
    "UnLockDevice": (
        LONGS_STRINGS,
        "Str[x] = Device name(s). Lg[0] = Force flag",
        LONG,
        "Device global lock counter",
    ),
    "UpdObjPollingPeriod": (
        LONGS_STRINGS,
        "Lg[0]=Upd period. Str[0]=Device name. Str[1]=Object type. Str[2]=Object name",
        VOID,
        _NONE,
    ),
    "ZmqEventSubscriptionChange": (STRINGS, _ZMQ_IN, LONGS_STRINGS, _ZMQ_OUT),
}
"""Name → input type and text, output type and text."""
