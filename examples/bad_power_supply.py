"""A power supply that breaks rules on purpose: each line says which (`puretango lint` finds all).

It is a device all the same: it starts, as it is and after `--fix --unsafe-fixes`.
"""

import socket
import time

from puretango import AttrWriteType, DevState, Except
from puretango.server import Device, attribute, command, device_property, run


class bad_supply(Device):  # breaks TA024 TD001 TD002 TL008 TN001 TS019
    host_name = device_property(dtype=str)  # breaks TN302 TN303 TP001 TP002 TP011
    Config = device_property(dtype=str, default_value="", doc="Text")  # breaks TN305 TP011
    Password = device_property(dtype=str, default_value="", doc="Of the page")  # breaks TP009 TP011

    output_current = attribute(  # breaks TA003 TA004 TA008 TA011 TN102
        dtype=float, access=AttrWriteType.READ_WRITE, doc="The output, in amperes"
    )
    Readback = attribute(  # breaks TA003 TA005 TA008 TA012 TN103
        dtype=float, unit="Amps", doc="As measured"
    )
    value = attribute(dtype=int, doc="What it is", label="It")  # breaks TN105
    outputvoltage = attribute(  # breaks TA009 TA012 TN104
        dtype=float, unit="V", min_value=0, doc="Terminals", label="U", format="%5.1f"
    )
    numSamples = attribute(  # breaks TA008 TA019
        dtype="int32", format="%6.3f", label="Samples", doc="Taken so far"
    )
    rawCounts = attribute(dtype="uint32", label="Raw", doc="Of the converter")  # breaks TA023
    mode = attribute(dtype="int16", label="Mode", doc="0: local, 1: remote")  # breaks TA020
    trace = attribute(  # breaks TA017
        dtype=(float,), unit="V", label="Trace", doc="The last second", format="%5.1f"
    )
    limit = attribute(  # breaks TA006 TA008 TA012
        dtype=float, unit="mA", standard_unit="amps", format="%d", doc="Highest", label="Limit"
    )
    temperature = attribute(  # breaks TA012 TA027
        dtype=float, unit="K", abs_change=0.1, doc="Of the coil", label="T", format="%4.1f"
    )
    memory = attribute(dtype=int, label="Memory")  # breaks TA001

    def init_device(self):  # breaks TI007
        self._current = 0.0  # the base is never asked
        self._link = None
        self.set_change_event("State", True, False)
        self.set_state(DevState.ON)  # breaks TS002 TS007

    def always_executed_hook(self):
        time.sleep(0.001)  # breaks TH001 TT003

    def read_output_current(self):
        print("reading")  # breaks TL001
        return self._current

    def write_output_current(self, value):  # breaks TL006
        self._current = value

    def read_Readback(self):
        self.info_stream("reading back")  # breaks TL002 TL007
        self.debug_stream(f"current {self._current}")  # breaks TL009
        return self._current

    def read_value(self):
        try:
            return int(self._current)
        except Exception:  # breaks TE001
            pass
        return 0

    def read_outputvoltage(self):
        try:
            return self._ask()
        except ConnectionError:
            return -1  # breaks TA032

    def read_numSamples(self):
        return 0

    def read_rawCounts(self):
        return 0

    def read_mode(self):
        return 0

    def read_trace(self):
        return [1.0]

    def read_limit(self):
        return 1.0

    def read_temperature(self):
        return 1.0

    def read_memory(self):
        """How much is kept."""
        return 1

    def _ask(self):
        link = socket.create_connection(("127.0.0.1", 5025))  # breaks TK002 TP008 TT004
        link.sendall(b"U?")
        return float(link.recv(100))

    def _fail(self, code):
        self.set_state(DevState.FAULT)  # breaks TF003 TS002 TS007
        self.info_stream("cannot go on")

    @command
    def GetTemperature(self) -> float:  # breaks TC002 TC301 TC302
        """The coil's temperature."""
        return 20.0

    @command
    def RampTo(self, current: float) -> None:  # breaks TC002 TC301 TC303 TC405 TF001 TL006
        """Ramp to a current."""

    @command
    def On(self):  # breaks TC001 TF001 TL004
        try:
            self._ask()
        except Exception:  # breaks TC402
            pass
        raise ValueError("the key is missing")  # breaks TE004

    @command
    def Off(self):  # breaks TL004
        """Switch off."""
        Except.throw_exception("hardware_failure", "", "here")  # breaks TE005 TE006 TE007 TE008

    @command
    def Move(self):  # breaks TF001
        """Move the tap changer."""
        self.set_state(DevState.EXTRACT)  # breaks TS002 TS007 TS011
        time.sleep(3.5)  # breaks TT001


if __name__ == "__main__":
    run((bad_supply,))
