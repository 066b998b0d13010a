"""FastCS' Tango transport: a controller served, configured, written, commanded, scanned."""

from bench import author, define, serving, until

define("FastCS/one", "Heater", "HEATER/Heater/one")
with serving("HEATER/Heater/one", author("fast", "one")) as heater:
    for info in sorted(heater.attribute_list_query(), key=lambda each: each.name):
        print(info.name, info.data_type, info.writable, info.unit, info.min_value, info.max_value)
    print(sorted(each.cmd_name for each in heater.command_list_query()), heater.state())
    heater.SetPoint = 300.0
    heater.On = True
    heater.Label = "hot"
    print(heater.SetPoint, heater.On, heater.Label)
    heater.Reset()
    print(heater.SetPoint)
    first = heater.Count
    until(lambda: heater.Count > first + 2, "the scan goes on")
