"""A PyTango device that pushes every kind of event, for `capture_events.py`."""

import sys
import time

import numpy as np
import tango
from tango import AttrQuality, DevState
from tango import AttrWriteType as W
from tango.server import Device, attribute, command, run


class Ev(Device):
    d = attribute(
        dtype=float,
        access=W.READ_WRITE,
        fget="r",
        fset="w",
        abs_change="0.1",
        archive_abs_change="0.1",
        period=200,
        min_alarm=-1,
        max_alarm=1,
    )
    l = attribute(dtype="int32", fget="r1")  # noqa: E741
    l64 = attribute(dtype="int64", fget="r1")
    s = attribute(dtype=str, fget="rs")
    sp = attribute(dtype=(float,), max_dim_x=10, fget="rsp")
    im = attribute(dtype=(("int16",),), max_dim_x=10, max_dim_y=10, fget="rim")
    st = attribute(dtype="DevState", fget="rst")
    en = attribute(dtype="DevEncoded", fget="ren")
    b = attribute(dtype=bool, fget="rb")
    bad = attribute(dtype=float, fget="rbad")

    def init_device(self):
        super().init_device()
        for n in ("d", "l", "l64", "s", "sp", "im", "st", "en", "b", "bad"):
            self.set_change_event(n, True, False)
            self.set_archive_event(n, True, False)
            self.set_data_ready_event(n, True)
            self.set_alarm_event(n, True, False)
        self.v = 1.5

    def r(self):
        return self.v

    def w(self, v):
        self.v = v

    def r1(self):
        return 7

    def rs(self):
        return "h\xe9"

    def rsp(self):
        return [1.0, 2.0]

    def rim(self):
        return [[1, 2, 3], [4, 5, 6]]

    def rst(self):
        return DevState.MOVING

    def ren(self):
        return ("f", b"abc")

    def rb(self):
        return True

    def rbad(self):
        raise RuntimeError("x")

    @command
    def Push(self):
        for f in (self.push_change_event, self.push_archive_event, self.push_alarm_event):
            f("d", 2.5)
            f("l", -7)
            f("l64", -7)
            f("s", "h\xe9llo")
            f("sp", [1.0, 2.0, 3.0])
            f("im", np.array([[1, 2, 3], [4, 5, 6]], dtype=np.int16))
            f("st", DevState.FAULT)
            f("en", "fmt", b"abc")
            f("b", True)
            f("d", 3.5, 1234.5, AttrQuality.ATTR_CHANGING)
        try:
            tango.Except.throw_exception("Reason", "Desc", "Origin")
        except tango.DevFailed as e:
            self.push_change_event("bad", e)
        self.push_event("d", [], [], 9.5)
        self.push_data_ready_event("d", 3)

    @command
    def Conf(self):
        a = self.get_device_attr().get_attr_by_name("d")

        p = a.get_properties()
        p.label = "lab" + str(time.time())
        a.set_properties(p)

    @command
    def Dyn(self):
        self.add_attribute(attribute(name="dyn", dtype=float, fget=lambda s: 1.0))


if __name__ == "__main__":
    run(
        [Ev],
        args=[
            "Ev",
            "test",
            "-nodb",
            "-dlist",
            "test/ev/1",
            "-ORBendPoint",
            f"giop:tcp:127.0.0.1:{sys.argv[1]}",
        ],
    )
