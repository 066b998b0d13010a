"""What a client can ask of an admin device: for each of its commands, a run of calls right and wrong.

The answers of two servers of the same name, with the same devices, must be the same.
"""

from __future__ import annotations

from typing import Any

from tests.interop.peers.plain import attempt

DEVICE = "test/admin/1"
OTHER = "test/admin/2"
NOBODY = "test/admin/nobody"
LOG_FILE = "/tmp/puretango-admin-test.log"

Step = tuple[str, Any]

RUNS: dict[str, list[Step]] = {
    "State": [("State", None)],
    "Status": [("Status", None), ("StopPolling", None), ("Status", None), ("StartPolling", None),
               ("Status", None)],
    "Init": [("Init", None), ("State", None)],
    "QueryClass": [("QueryClass", None)],
    "QueryDevice": [("QueryDevice", None)],
    "QuerySubDevice": [("QuerySubDevice", None)],
    "QueryWizardClassProperty": [("QueryWizardClassProperty", name)
                                 for name in ("Rich", "rich", "DServer", "NoSuchClass", "")],
    "QueryWizardDevProperty": [("QueryWizardDevProperty", name)
                               for name in ("Rich", "rich", "DServer", "NoSuchClass", "")],
    "DevRestart": [("DevRestart", DEVICE), ("DevRestart", NOBODY), ("DevRestart", DEVICE.upper())],
    "AddObjPolling": [
        ("AddObjPolling", ([1000], [DEVICE, "attribute", "limited"])),
        ("AddObjPolling", ([1000], [DEVICE, "attribute", "LIMITED"])),
        ("AddObjPolling", ([1000], [DEVICE, "attribute", "no_such"])),
        ("AddObjPolling", ([1000], [DEVICE, "command", "NoSuch"])),
        ("AddObjPolling", ([1000], [DEVICE, "command", "Sleep"])),
        ("AddObjPolling", ([1000], [DEVICE, "command", "State"])),
        ("AddObjPolling", ([1000], [DEVICE, "pipe", "limited"])),
        ("AddObjPolling", ([1], [DEVICE, "attribute", "expert"])),
        ("AddObjPolling", ([1000], [NOBODY, "attribute", "limited"])),
        ("AddObjPolling", ([1000], [DEVICE, "attribute"])),
        ("AddObjPolling", ([], [DEVICE, "attribute", "expert"])),
        ("PolledDevice", None),
        ("RemObjPolling", [DEVICE, "attribute", "limited"]),
        ("RemObjPolling", [DEVICE, "command", "State"]),
        ("PolledDevice", None),
    ],
    "RemObjPolling": [
        ("RemObjPolling", [DEVICE, "attribute", "limited"]),
        ("RemObjPolling", [DEVICE, "attribute", "no_such"]),
        ("RemObjPolling", [DEVICE, "command", "NoSuch"]),
        ("RemObjPolling", [DEVICE, "pipe", "limited"]),
        ("RemObjPolling", [NOBODY, "attribute", "limited"]),
        ("RemObjPolling", [DEVICE]),
        ("AddObjPolling", ([1000], [DEVICE, "attribute", "expert"])),
        ("RemObjPolling", [DEVICE, "attribute", "limited"]),
        ("RemObjPolling", [DEVICE, "attribute", "EXPERT"]),
    ],
    "UpdObjPollingPeriod": [
        ("UpdObjPollingPeriod", ([500], [DEVICE, "attribute", "limited"])),
        ("AddObjPolling", ([1000], [DEVICE, "attribute", "limited"])),
        ("UpdObjPollingPeriod", ([500], [DEVICE, "attribute", "limited"])),
        ("UpdObjPollingPeriod", ([500], [DEVICE, "attribute", "no_such"])),
        ("UpdObjPollingPeriod", ([500], [DEVICE, "command", "State"])),
        ("UpdObjPollingPeriod", ([500], [DEVICE, "nonsense", "State"])),
        ("UpdObjPollingPeriod", ([500], [NOBODY, "attribute", "limited"])),
        ("UpdObjPollingPeriod", ([1], [DEVICE, "attribute", "limited"])),
        ("RemObjPolling", [DEVICE, "attribute", "limited"]),
    ],
    "PolledDevice": [("PolledDevice", None)],
    "DevPollStatus": [("DevPollStatus", DEVICE), ("DevPollStatus", NOBODY)],
    "StartPolling": [("StartPolling", None), ("StartPolling", None)],
    "StopPolling": [("StopPolling", None), ("StopPolling", None), ("StartPolling", None)],
    "LockDevice": [
        ("LockDevice", ([10], [DEVICE])),
        ("DevLockStatus", DEVICE),
        ("LockDevice", ([10], [DEVICE])),
        ("LockDevice", ([20], [DEVICE])),
        ("LockDevice", ([1], [OTHER])),
        ("LockDevice", ([10], [NOBODY])),
        ("LockDevice", ([10], ["dserver/rich/admin"])),
        ("LockDevice", ([10, 20], [OTHER])),
        ("LockDevice", ([10], [OTHER, DEVICE])),
        ("UnLockDevice", ([0], [DEVICE])),
        ("UnLockDevice", ([0], [DEVICE])),
        ("UnLockDevice", ([0], [DEVICE])),
        ("UnLockDevice", ([0], [OTHER])),
        ("DevLockStatus", DEVICE),
    ],
    "UnLockDevice": [
        ("UnLockDevice", ([0], [DEVICE])),
        ("UnLockDevice", ([0], [NOBODY])),
        ("UnLockDevice", ([0], [])),
        ("LockDevice", ([10], [DEVICE])),
        ("UnLockDevice", ([1], [DEVICE])),
    ],
    "ReLockDevices": [
        ("ReLockDevices", [DEVICE]),
        ("ReLockDevices", [DEVICE, OTHER]),
        ("LockDevice", ([10], [DEVICE])),
        ("ReLockDevices", [DEVICE]),
        ("ReLockDevices", [DEVICE, OTHER]),
        ("UnLockDevice", ([0], [DEVICE])),
    ],
    "DevLockStatus": [("DevLockStatus", DEVICE), ("DevLockStatus", NOBODY)],
    "EventSubscriptionChange": [
        ("EventSubscriptionChange", [DEVICE, "limited", "subscribe", "change"]),
        ("EventSubscriptionChange", [DEVICE, "limited"]),
        ("EventSubscriptionChange", [DEVICE, "limited", "subscribe", "user_event"]),
        ("EventSubscriptionChange", [NOBODY, "limited", "subscribe", "user_event"]),
    ],
    "ZmqEventSubscriptionChange": [
        ("ZmqEventSubscriptionChange", [DEVICE, "limited", "subscribe", "change", "6"]),
        ("ZmqEventSubscriptionChange", [DEVICE, "limited", "subscribe", "user_event", "6"]),
        ("ZmqEventSubscriptionChange", [DEVICE, "no_such", "subscribe", "user_event", "6"]),
        ("ZmqEventSubscriptionChange", [DEVICE, "limited", "subscribe", "nonsense", "6"]),
        ("ZmqEventSubscriptionChange", [NOBODY, "limited", "subscribe", "change", "6"]),
        ("ZmqEventSubscriptionChange", [DEVICE, "limited"]),
        ("ZmqEventSubscriptionChange", ["nonsense"]),
    ],
    "EventConfirmSubscription": [
        ("EventConfirmSubscription", [DEVICE, "limited", "user_event"]),
        ("EventConfirmSubscription", [DEVICE, "limited"]),
        ("EventConfirmSubscription", [NOBODY, "limited", "user_event"]),
    ],
    "QueryEventSystem": [],
    "EnableEventSystemPerfMon": [("EnableEventSystemPerfMon", True),
                                 ("EnableEventSystemPerfMon", False)],
    "AddLoggingTarget": [
        ("GetLoggingTarget", DEVICE),
        ("AddLoggingTarget", [DEVICE, f"file::{LOG_FILE}"]),
        ("AddLoggingTarget", [DEVICE, f"file::{LOG_FILE}"]),
        ("GetLoggingTarget", DEVICE),
        ("AddLoggingTarget", [DEVICE, "console::cout"]),
        ("AddLoggingTarget", [DEVICE, "console"]),
        ("GetLoggingTarget", DEVICE),
        ("AddLoggingTarget", [DEVICE, "nonsense::x"]),
        ("AddLoggingTarget", [DEVICE, "file::/no/such/directory/x.log"]),
        ("AddLoggingTarget", [DEVICE, "device::no/such/consumer"]),
        ("AddLoggingTarget", [DEVICE]),
        ("AddLoggingTarget", [NOBODY, "console::cout"]),
        ("GetLoggingTarget", DEVICE),
        ("RemoveLoggingTarget", [DEVICE, "file::*"]),
        ("RemoveLoggingTarget", [DEVICE, "console::cout"]),
        ("GetLoggingTarget", DEVICE),
    ],
    "RemoveLoggingTarget": [
        ("RemoveLoggingTarget", [DEVICE, "file::/tmp/never-there.log"]),
        ("RemoveLoggingTarget", [DEVICE, "console::cout"]),
        ("RemoveLoggingTarget", [DEVICE, "nonsense::cout"]),
        ("RemoveLoggingTarget", [DEVICE]),
        ("RemoveLoggingTarget", [NOBODY, "console::cout"]),
        ("AddLoggingTarget", ["test/admin/*", "console::cout"]),
        ("GetLoggingTarget", DEVICE),
        ("GetLoggingTarget", OTHER),
        ("RemoveLoggingTarget", ["*", "console::cout"]),
        ("GetLoggingTarget", OTHER),
    ],
    "GetLoggingTarget": [("GetLoggingTarget", DEVICE), ("GetLoggingTarget", NOBODY),
                         ("GetLoggingTarget", "test/admin/*")],
    "SetLoggingLevel": [
        ("SetLoggingLevel", ([5], [DEVICE])),
        ("GetLoggingLevel", [DEVICE, OTHER]),
        ("SetLoggingLevel", ([7], [DEVICE])),
        ("SetLoggingLevel", ([-1], [DEVICE])),
        ("SetLoggingLevel", ([3], [NOBODY])),
        ("SetLoggingLevel", ([3, 3], [DEVICE])),
        ("SetLoggingLevel", ([1], ["test/admin/*"])),
        ("GetLoggingLevel", [DEVICE, OTHER]),
        ("SetLoggingLevel", ([3], ["*"])),
        ("GetLoggingLevel", [DEVICE, OTHER]),
    ],
    "GetLoggingLevel": [("GetLoggingLevel", [DEVICE]), ("GetLoggingLevel", [NOBODY]),
                        ("GetLoggingLevel", []), ("GetLoggingLevel", [OTHER.upper(), DEVICE])],
    "StopLogging": [("StopLogging", None), ("GetLoggingLevel", [DEVICE, OTHER]), ("StartLogging", None)],
    "StartLogging": [("StartLogging", None), ("GetLoggingLevel", [DEVICE, OTHER])],
    **{
        name: [(name, [DEVICE]), (name, [NOBODY]), (name, []), (name, [OTHER, DEVICE])]
        for name in (
            "StartTelemetry", "StopTelemetry", "IsTelemetryEnabled", "GetTelemetryTracing",
            "GetTelemetryLogging", "GetTelemetryTopics", "GetTelemetryTracingEndpoints",
            "GetTelemetryLoggingEndpoints",
        )
    },
    **{
        f"SetTelemetry{what}": [
            (f"SetTelemetry{what}", ([1], [DEVICE])),
            (f"GetTelemetry{what}", [DEVICE, OTHER]),
            (f"SetTelemetry{what}", ([0], [DEVICE])),
            (f"GetTelemetry{what}", [DEVICE]),
            (f"SetTelemetry{what}", ([1], [NOBODY])),
            (f"SetTelemetry{what}", ([1, 1], [DEVICE])),
            (f"SetTelemetry{what}", ([7], [DEVICE])),
        ]
        for what in ("Tracing", "Logging")
    },
    "SetTelemetryTopics": [
        ("SetTelemetryTopics", [DEVICE, "1", "all"]),
        ("GetTelemetryTopics", [DEVICE]),
        ("SetTelemetryTopics", [DEVICE, "0"]),
        ("GetTelemetryTopics", [DEVICE]),
        ("SetTelemetryTopics", [DEVICE, "1", "nonsense"]),
        ("SetTelemetryTopics", [DEVICE, "x"]),
        ("SetTelemetryTopics", [DEVICE]),
        ("SetTelemetryTopics", [DEVICE, "1", "user"]),
        ("SetTelemetryTopics", [DEVICE, "2", "all"]),
        ("SetTelemetryTopics", [DEVICE, "1", "database"]),
        ("GetTelemetryTopics", [DEVICE]),
        ("SetTelemetryTopics", [NOBODY, "1", "all"]),
        ("SetTelemetryTopics", []),
    ],
    **{
        f"{verb}Telemetry{what}Endpoints": [
            (f"{verb}Telemetry{what}Endpoints", arguments)
            for arguments in (
                ([DEVICE, "console", "cout"] if verb != "Set" else [DEVICE, "1", "console", "cout"]),
                ([NOBODY, "console", "cout"] if verb != "Set" else [NOBODY, "1", "console", "cout"]),
                [DEVICE],
                [DEVICE, "x"] if verb == "Set" else [DEVICE, "nonsense", "cout"],
                [DEVICE, "2", "console", "cout"] if verb == "Set" else [DEVICE, "grpc", "cout"],
                [],
            )
        ] + [(f"GetTelemetry{what}Endpoints", [DEVICE])]
        for verb in ("Add", "Remove", "Set")
        for what in ("Tracing", "Logging")
    },
    "RestartServer": [],
    "Kill": [],
}  # fmt: skip
"""For each command, calls in their order; those without any have tests of their own."""


def admin_run(tango: Any, admin_name: str, command: str) -> list[Any]:
    """The answers of the run of one command."""
    admin = tango.DeviceProxy(admin_name)
    found = []
    for name, argument in RUNS[command]:
        arguments = () if argument is None else (argument,)
        found.append((name, attempt(admin.command_inout, name, *arguments)))
    return found
