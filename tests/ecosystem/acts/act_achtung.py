"""Achtung: an alarm over another device's attribute is raised, acknowledged and gone."""

from bench import author, define, script, serving, until

define("plant/one", "Plant", "lab/plant/1")
database = define("Achtung/one", "Achtung", "lab/achtung/1")
database.put_device_property(
    "lab/achtung/1",
    {
        "AlarmList": ["HIGH:lab/plant/1/position > 5"],
        "AlarmDescriptions": ["HIGH:the plant is too high"],
        "AlarmSeverities": ["HIGH:ALARM"],
        "PollingPeriod": ["0.3"],
        "AlarmThreshold": ["1"],
    },
)
with serving("lab/plant/1", author("plant", "one")) as plant:
    with serving("lab/achtung/1", [script("Achtung"), "one"]) as proxy:
        print(sorted(name for name in proxy.get_attribute_list() if name.isupper()))
        until(
            lambda: (
                proxy.read_attribute("HIGH").value is False
                or proxy.read_attribute("HIGH").value == 0
            ),
            "calm",
        )
        plant.position = 9.0
        until(lambda: bool(proxy.read_attribute("HIGH").value), "the alarm is raised")
        print("raised", [text.split(":")[0] for text in proxy.ActiveAlarms or ()])
        plant.position = 1.0
        until(
            lambda: (
                not bool(proxy.read_attribute("HIGH").value)
                or proxy.command_inout("ResetAll") is None
            ),
            "calm again",
        )
        print("state", proxy.state() in (0, 7, 11) or str(proxy.state()))
