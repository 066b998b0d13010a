"""What the recorded client does, to the device named on the command line."""

import sys
import time

import tango

d = tango.DeviceProxy(sys.argv[1])
d.ping()
d.info()
d.state()
d.status()
d.name()
d.description()
d.adm_name()
d.black_box(5)
d.command_list_query()
d.command_query("DevDouble")
d.attribute_list_query()
d.get_attribute_config("ampli")
d.get_attribute_config("State")
names = [a for a in d.get_attribute_list() if not a.endswith("_image") and a != "wave"]
d.read_attributes(names)
for a in (
    "double_scalar",
    "ampli",
    "State",
    "Status",
    "throw_exception",
    "string_spectrum_ro",
    "encoded_image",
    "short_image_ro",
):
    try:
        d.read_attribute(a)
    except tango.DevFailed:
        pass
d.write_attribute("ampli", 2.0)
d.write_read_attribute("ampli", 3.0)
d.write_attribute("string_scalar", "abc")
d.write_attribute("boolean_spectrum", [True, False])
for c, v in {
    "DevBoolean": True,
    "DevDouble": 1.5,
    "DevFloat": 1.5,
    "DevLong": -3,
    "DevLong64": -4,
    "DevShort": -5,
    "DevULong": 6,
    "DevULong64": 7,
    "DevUShort": 8,
    "DevString": "hello",
    "DevVarDoubleArray": [1.0, 2.0],
    "DevVarFloatArray": [1.0],
    "DevVarLongArray": [1, -2],
    "DevVarLong64Array": [1],
    "DevVarShortArray": [1],
    "DevVarULongArray": [1],
    "DevVarULong64Array": [1],
    "DevVarUShortArray": [1],
    "DevVarCharArray": [1, 2, 3],
    "DevVarStringArray": ["a", "bb"],
    "DevVarLongStringArray": ([1], ["a"]),
    "DevVarDoubleStringArray": ([1.0], ["a"]),
}.items():
    d.command_inout(c, v)
d.command_inout("DevVoid")
for f in (
    lambda: d.write_attribute("ampli", "x"),
    lambda: d.command_inout("Nope"),
    lambda: d.read_attribute("nosuch"),
):
    try:
        f()
    except Exception:
        pass
d.poll_attribute("double_scalar", 100)
d.poll_attribute("State", 100)
d.poll_command("DevVoid", 100)
d.poll_command("State", 100)
time.sleep(0.6)
d.attribute_history("double_scalar", 3)
d.attribute_history("State", 3)
d.command_history("State", 3)
