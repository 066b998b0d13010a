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
d.command_query("LSA")
d.attribute_list_query()
d.get_attribute_list()
cfg = d.get_attribute_config("cfg")
d.get_attribute_config("enum1")
cfg.description = "h\xe9"
d.set_attribute_config(cfg)
d.read_attributes(list(d.get_attribute_list()))
for a in d.get_attribute_list():
    try:
        d.read_attribute(a)
    except tango.DevFailed:
        pass
for t in [
    "bool",
    "uchar",
    "short",
    "ushort",
    "long",
    "ulong",
    "long64",
    "ulong64",
    "float",
    "double",
]:
    d.write_attribute(t + "0", 1)
    d.write_attribute(t + "1", [1, 0])
    d.write_attribute(t + "2", [[1, 0], [0, 1], [1, 1]])
    d.read_attributes([t + "0", t + "1", t + "2"])
    if t != "uchar":
        d.command_inout("C" + t, 1)
        d.command_inout("C" + t + "s", [1, 0, 1])
d.write_attribute("string0", "\xe9t\xe9")
d.write_attribute("string1", ["a", "", "ccc"])
d.write_attribute("string2", [["a", "b"], ["c", "d"]])
d.write_attribute("state0", tango.DevState.FAULT)
d.write_attribute("state1", [tango.DevState.ON])
d.write_attribute("enum0", 2)
d.write_attribute("enum1", [0, 1, 2])
d.write_attribute("enc", ("f", b"abcde"))
d.write_attribute("double1", [])
d.read_attribute("double1")
d.read_attributes(["string0", "string1", "string2", "state0", "state1", "enum0", "enum1", "enc"])
d.write_attributes([("double0", 1.5), ("long0", 3)])
d.write_read_attribute("double0", 2.5)
d.write_read_attributes([("double0", 3.5), ("long0", 4)], ["string0", "double0"])
d.command_inout("Cstring", "x\xe9")
d.command_inout("Cstrings", ["a", "b\xe9"])
d.command_inout("LSA", ([1, 2], ["a", "bb"]))
d.command_inout("DSA", ([1.5], ["a"]))
d.command_inout("Enc", ("fmt", b"\x00\x01"))
d.command_inout("St", tango.DevState.MOVING)
d.command_inout("Void")
d.command_inout("Lots")
d.State()
d.Status()
for f in (
    lambda: d.command_inout("Fail"),
    lambda: d.write_attribute("cfg", 100),
    lambda: d.write_attributes([("cfg", 100), ("nosuch", 1)]),
    lambda: d.command_inout("Nope"),
    lambda: d.read_attributes(["bad", "nosuch"]),
):
    try:
        f()
    except tango.DevFailed:
        pass
d.poll_command("Void", 50)
d.poll_attribute("double0", 50)
d.poll_attribute("double1", 50)
d.poll_attribute("string0", 50)
d.poll_attribute("bad", 50)
d.poll_command("State", 50)

time.sleep(0.4)
d.set_source(tango.DevSource.CACHE_DEV)
d.read_attribute("double0")
d.attribute_history("double0", 4)
d.attribute_history("double1", 3)
d.attribute_history("string0", 3)
d.attribute_history("bad", 3)
d.command_history("State", 3)
