"""A PyTango device with every attribute type, for `capture.py`."""

import enum
import sys

import numpy as np
import tango
from tango import AttrWriteType as W
from tango import DevState
from tango.server import Device, attribute, command, run


class En(enum.IntEnum):
    A = 0
    B = 1
    C = 2


TYPES = {
    "bool": (bool, True),
    "uchar": ("DevUChar", 200),
    "short": ("int16", -5),
    "ushort": ("uint16", 65535),
    "long": ("int32", -7),
    "ulong": ("uint32", 4000000000),
    "long64": ("int64", -(2**63)),
    "ulong64": ("uint64", 2**64 - 1),
    "float": ("float32", 1.5),
    "double": ("float64", 2.5),
    "string": (str, "h\xe9llo"),
    "state": ("DevState", DevState.MOVING),
    "enum": (En, En.B),
}


def add(ns):
    for n, (t, v) in TYPES.items():

        def mk(n, t, v):
            def r0(self):
                return getattr(self, "_v0" + n, v)

            def w0(self, x):
                setattr(self, "_v0" + n, x)

            def r1(self):
                return getattr(self, "_v1" + n, [v, v])

            def w1(self, x):
                setattr(self, "_v1" + n, x)

            def r2(self):
                return getattr(self, "_v2" + n, [[v, v, v], [v, v, v]])

            def w2(self, x):
                setattr(self, "_v2" + n, x)

            ns.__setitem__(n + "0", attribute(dtype=t, access=W.READ_WRITE, fget=r0, fset=w0))
            ns.__setitem__(n + "r", attribute(dtype=t, fget=r0))
            ns.__setitem__(
                n + "1", attribute(dtype=(t,), max_dim_x=100, access=W.READ_WRITE, fget=r1, fset=w1)
            )
            ns.__setitem__(
                n + "2",
                attribute(
                    dtype=((t,),),
                    max_dim_x=100,
                    max_dim_y=100,
                    access=W.READ_WRITE,
                    fget=r2,
                    fset=w2,
                ),
            )

        mk(n, t, v)
        if n not in ("enum", "state"):
            cn = "C" + n
            exec(f"def {cn}(self,a): return a")
            f = eval(cn)
            ns.__setitem__(cn, command(dtype_in=t, dtype_out=t)(f))
            exec(f"def {cn}s(self,a): return a")
            f = eval(cn + "s")
            ns.__setitem__(cn + "s", command(dtype_in=(t,), dtype_out=(t,))(f))


class Rich(Device):
    add(locals())
    enc = attribute(dtype="DevEncoded", access=W.READ_WRITE, fget="r_enc", fset="w_enc")
    bad = attribute(dtype=float)
    inv = attribute(dtype=float)
    never = attribute(dtype=float)
    wo = attribute(dtype=float, access=W.WRITE)
    empty = attribute(dtype=(float,), max_dim_x=10)
    cfg = attribute(
        dtype=float,
        access=W.READ_WRITE,
        label="Lab",
        unit="mm",
        standard_unit="0.001",
        display_unit="m",
        format="%6.2f",
        min_value=-10,
        max_value=10,
        min_alarm=-8,
        max_alarm=8,
        min_warning=-7,
        max_warning=7,
        delta_val=1,
        delta_t=100,
        abs_change="0.5",
        rel_change="1,2",
        archive_abs_change=1,
        archive_period=2000,
        period=500,
        doc="a doc",
        memorized=True,
        hw_memorized=True,
    )

    def init_device(self):
        super().init_device()
        self.set_state(DevState.ON)
        self.e = ("fmt", b"\x01\x02\x03")
        self.c = 1.0

    def r_enc(self):
        return self.e

    def w_enc(self, v):
        self.e = v

    def read_bad(self):
        raise RuntimeError("boom")

    def read_inv(self):
        return 1.0, 1234.5, tango.AttrQuality.ATTR_INVALID

    def read_never(self):
        return 1.0, 1234.5, tango.AttrQuality.ATTR_ALARM

    def write_wo(self, v):
        pass

    def read_empty(self):
        return []

    def read_cfg(self):
        return self.c

    def write_cfg(self, v):
        self.c = v

    @command(dtype_in="DevVarLongStringArray", dtype_out="DevVarLongStringArray")
    def LSA(self, a):
        return a

    @command(dtype_in="DevVarDoubleStringArray", dtype_out="DevVarDoubleStringArray")
    def DSA(self, a):
        return a

    @command(dtype_in="DevEncoded", dtype_out="DevEncoded")
    def Enc(self, a):
        return a

    @command(dtype_in="DevState", dtype_out="DevState")
    def St(self, a):
        return a

    @command
    def Void(self):
        pass

    @command(dtype_out="DevVarDoubleArray")
    def Lots(self):
        return np.arange(20000.0)

    @command
    def Fail(self):
        tango.Except.throw_exception("R", "D", "O")


if __name__ == "__main__":
    run(
        [Rich],
        args=[
            "Rich",
            "test",
            "-nodb",
            "-dlist",
            "test/dev/1",
            "-ORBendPoint",
            f"giop:tcp:127.0.0.1:{sys.argv[1]}",
        ],
    )
