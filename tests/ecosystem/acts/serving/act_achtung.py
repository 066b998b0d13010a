"""Achtung: an alarm over another device's attribute is raised."""

from bench import author, define, script, serving, until

define("plant/one", "Plant", "lab/plant/1")
database = define("Achtung/one", "PyAlarm", "lab/achtung/1")
database.put_device_property(
    "lab/achtung/1",
    {
        "AlarmList": ["HIGH:lab/plant/1/position > 5"],
        "AlarmDescriptions": ["HIGH:the plant is too high"],
        "AlarmSeverities": ["HIGH:ALARM"],
        "PollingPeriod": ["0.3"],
        "AlarmThreshold": ["1"],
        "StartupDelay": ["0"],
    },
)
with serving("lab/plant/1", author("plant", "one")) as plant:
    with serving("lab/achtung/1", [script("Achtung"), "one"]) as proxy:
        until(lambda: "HIGH" in proxy.get_attribute_list(), "the alarm is an attribute")
        until(lambda: not proxy.read_attribute("HIGH").value, "calm")
        print("calm", list(proxy.ActiveAlarms or ()))
        plant.position = 9.0
        until(lambda: proxy.read_attribute("HIGH").value, "the alarm is raised")
        until(lambda: any("HIGH" in text for text in proxy.ActiveAlarms or ()), "it is listed")
        print("raised", proxy.state())
