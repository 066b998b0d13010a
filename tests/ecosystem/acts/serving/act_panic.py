"""PyAlarm (panic): an alarm over another device's attribute is raised."""

import panic
from bench import author, define, script, serving, until

define("plant/one", "Plant", "lab/plant/1")
database = define("PyAlarm/one", "PyAlarm", "lab/alarm/1")
database.put_device_property(
    "lab/alarm/1",
    {
        "AlarmList": ["HIGH:lab/plant/1/position > 5"],
        "AlarmDescriptions": ["HIGH:the plant is too high"],
        "AlarmSeverities": ["HIGH:ALARM"],
        "AlarmReceivers": ["HIGH:"],
        "PollingPeriod": ["0.5"],
        "AlarmThreshold": ["1"],
        "StartupDelay": ["0"],
        "Enabled": ["True"],
    },
)
with serving("lab/plant/1", author("plant", "one")) as plant:
    with serving("lab/alarm/1", [script("PyAlarm"), "one"]) as proxy:
        print(sorted(panic.api("lab/alarm/1").keys()))
        plant.position = 9.0
        until(lambda: [text for text in proxy.ActiveAlarms or () if "HIGH" in text], "raised", 50.0)
        print("raised")
