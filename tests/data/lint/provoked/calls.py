"""Classes that break one rule of requests, errors or threads each when they are provoked."""

import math
import socket
import threading
import time

from puretango import AttrQuality, DeviceProxy, DevState, Except
from puretango.server import Device, attribute, command

from life import Calm


class TE013(Calm):
    """Its sub-device is not there, and it is ON."""

    def init_device(self):
        super().init_device()
        try:
            self._proxy = DeviceProxy("lab/supply/1")
        except Exception as error:
            self.error_stream("%s", error)


class TE014(Device):
    """Never asks again."""

    def init_device(self):
        super().init_device()
        try:
            socket.create_connection(("supply1", 5025), timeout=1.0)
        except OSError as error:
            self.set_state(DevState.UNKNOWN)
            self.set_status(str(error))


class TE004(Calm):
    """A plain error."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        raise ValueError("not now")


class TE005(Calm):
    """A reason in small letters, which is of no list (TE006)."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        Except.throw_exception("not_now", "later, perhaps", "TE005::current")


class TE006(Calm):
    """A reason that is of no list."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        Except.throw_exception("NOT_NOW", "later, perhaps", "TE006::current")


class TE008(Calm):
    """An error from nowhere."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        Except.throw_exception("HARDWARE_FAILURE", "the fuse has blown", "")


class TE010(Calm):
    """An error for its developer."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        Except.throw_exception("HARDWARE_FAILURE", "register 0x3F is 0xBEEF", "TE010::current")


class TE007(Calm):
    """An error without words."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        Except.throw_exception("HARDWARE_FAILURE", "", "TE007::current")


class TT001(Calm):
    """Too slow for its clients."""

    @command
    def Measure(self):
        """Measure."""
        time.sleep(3.1)


class TT002(Calm):
    """Slow."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        time.sleep(0.15)
        return 1.0


class TT012(Calm):
    """A thread reads, and what it read is given out as new."""

    def init_device(self):
        super().init_device()
        self._stop = threading.Event()
        self._current = 1.5
        try:
            socket.create_connection(("supply1", 5025), timeout=1.0)
        except OSError as error:
            self.error_stream("%s", error)
            self.set_state(DevState.UNKNOWN)
            self.set_status(str(error))
        self._thread = threading.Thread(target=self._stop.wait, name="reader", daemon=True)
        self._thread.start()

    def delete_device(self):
        self._stop.set()
        self._thread.join(5.0)

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        return self._current


class TT014(Calm):
    """A thread that nothing stops."""

    def init_device(self):
        super().init_device()
        if not hasattr(self, "_thread"):
            self._thread = threading.Thread(target=threading.Event().wait, name="w", daemon=True)
            self._thread.start()


class TH001(Calm):
    """A slow hook."""

    def always_executed_hook(self):
        time.sleep(0.01)

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        return 1.0


class TH004(Calm):
    """A hook that raises."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        return 1.0

    def read_attr_hardware(self, indices):
        raise RuntimeError("no answer")


class TL001(Calm):
    """Prints."""

    @command
    def On(self):
        """Switch on."""
        print("on")


class TL002(Calm):
    """Tells INFO at each reading."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        self.info_stream("reading")
        return 1.0


class TC404(Calm):
    """Raises where it is done already."""

    _is_on = False

    @command
    def On(self):
        """Switch on."""
        if self._is_on:
            Except.throw_exception("OPERATION_NOT_ALLOWED", "is on already", "TC404::On")
        self._is_on = True


class TA017(Calm):
    """More elements than it says."""

    @attribute(max_dim_x=2, unit="V", doc="The last second")
    def trace(self) -> list[float]:
        return [1.0, 2.0, 3.0]


class TA032(Calm):
    """A number that is none, and valid."""

    def init_device(self):
        super().init_device()
        try:
            socket.create_connection(("supply1", 5025), timeout=1.0)
        except OSError as error:
            self.set_state(DevState.UNKNOWN)
            self.set_status(str(error))

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        return math.nan


class TA033(Calm):
    """INVALID, and no error."""

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        return 0.0, time.time(), AttrQuality.ATTR_INVALID
