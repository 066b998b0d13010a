"""Classes that break one rule of initialisation or state each when they are started, and one that breaks none.

The name of each says which rule; `Fine` is provoked as all of them are.
"""

import socket
import threading
import time

from puretango import DevState, Except
from puretango.server import Device, attribute, command, device_property


class Calm(Device):
    """What the others have in common: a State and a Status."""

    def init_device(self):
        super().init_device()
        self.set_state(DevState.ON)
        self.set_status("Ready for work.")


class Fine(Device):
    """Keeps all rules: its equipment is off, and it says so."""

    Host = device_property(dtype=str, mandatory=True, doc="Such as supply1")

    def init_device(self):
        self._link = None
        try:
            super().init_device()
        except Exception as error:
            self.error_stream("properties: %s", error)
            self.set_state(DevState.FAULT)
            self.set_status(str(error))
            return
        self._connect()

    def _connect(self):
        try:
            self._link = socket.create_connection((self.Host, 5025), timeout=1.0)
            self.set_state(DevState.ON)
            self.set_status("Ready for work.")
        except OSError as error:
            self.error_stream("no answer: %s", error)
            self.set_state(DevState.UNKNOWN)
            self.set_status(f"{error}. Is the supply on?")

    @attribute(unit="A", doc="Output current")
    def current(self) -> float:
        if self._link is None:
            self._connect()
        if self._link is None:
            Except.throw_exception("COMMUNICATION_BROKEN", "no link", "Fine::current")
        return 1.0

    @command
    def On(self):
        """Switch on; nothing happens if it is."""

    @command
    def Reset(self):
        """Acknowledge."""

    def is_On_allowed(self):
        return self.get_state() != DevState.FAULT


class TI001(Device):
    """An error leaves init_device."""

    def init_device(self):
        super().init_device()
        raise RuntimeError("no board in slot 3")


class TI003(Device):
    """Does not come up without its equipment."""

    def init_device(self):
        super().init_device()
        self._link = socket.create_connection(("supply1", 5025), timeout=1.0)


class TI004(Calm):
    """Takes its time."""

    def init_device(self):
        super().init_device()
        time.sleep(3.1)


class TI005(Calm):
    """Is well without what it cannot do without."""

    Host = device_property(dtype=str, mandatory=True, doc="Such as supply1")

    def init_device(self):
        try:
            super().init_device()
        except Exception:
            self.set_state(DevState.ON)
            self.set_status("All is well.")


class TI002(Calm):
    """Its equipment is off, and no log has it."""

    def init_device(self):
        super().init_device()
        try:
            socket.create_connection(("supply1", 5025), timeout=1.0)
        except OSError as error:
            self.set_state(DevState.UNKNOWN)
            self.set_status(str(error))


class TI006(Calm):
    """Reads its properties, and lets the error go."""

    def init_device(self):
        self.get_device_properties()
        super().init_device()
        self.set_state(DevState.ON)


class TI009(Calm):
    """There can be only one device of it, and nobody looks."""


class TI008(Calm):
    """Its thread outlives it."""

    def init_device(self):
        super().init_device()
        if not hasattr(self, "_thread"):
            self._thread = threading.Thread(target=threading.Event().wait, name="w", daemon=True)
            self._thread.start()


class TF002(Calm):
    """In FAULT nothing is allowed."""

    @command
    def On(self):
        """Switch on."""

    def is_On_allowed(self):
        return self.get_state() != DevState.FAULT


class TF004(Calm):
    """Reset is refused where it is wanted."""

    @command
    def On(self):
        """Switch on."""

    @command
    def Reset(self):
        """Acknowledge."""

    def is_Reset_allowed(self):
        return self.get_state() == DevState.ON


class TF006(Calm):
    """Each Init leaves a thread behind."""

    def init_device(self):
        super().init_device()
        threading.Thread(target=threading.Event().wait, name="w", daemon=True).start()


class TF007(Calm):
    """Its rule raises."""

    @command
    def On(self):
        """Switch on."""

    def is_On_allowed(self):
        raise RuntimeError("ask again")


class TS001(Device):
    """Never says anything."""


class TS003(Device):
    """FAULT, and no reason."""

    def init_device(self):
        super().init_device()
        self.set_state(DevState.FAULT)


class TS004(Device):
    """Status tells of another State."""

    def init_device(self):
        super().init_device()
        self.set_state(DevState.ON)
        self.set_status("The device is in OFF state.")


class TS005(Device):
    """Status does not begin with what happened."""

    def init_device(self):
        super().init_device()
        try:
            socket.create_connection(("supply1", 5025), timeout=1.0)
        except OSError as error:
            self.error_stream("%s", error)
            self.set_state(DevState.UNKNOWN)
            self.set_status("Something went wrong.")


class TS006(Calm):
    """MOVING comes after the return."""

    @command
    def Go(self):
        """Begin to move."""
        self._timer = threading.Timer(0.1, self._go)
        self._timer.start()

    def _go(self):
        self.set_state(DevState.MOVING)
        self.set_status("Moving.")


class TS007(Calm):
    """Says that it pushes its State, and does not."""

    def init_device(self):
        super().init_device()
        self.set_change_event("State", True, False)

    @command
    def Off(self):
        """Switch off."""
        self.set_state(DevState.OFF)
        self.set_status("Off.")


class TS009(Calm):
    """State asks the equipment."""

    def dev_state(self):
        time.sleep(0.15)
        return DevState.ON


class TS010(Calm):
    """State raises."""

    def dev_state(self):
        raise RuntimeError("no answer")


class TS012(Device):
    """INIT for ever."""

    def init_device(self):
        super().init_device()
        self.set_state(DevState.INIT)
        self.set_status("Starting.")


class TS013(Calm):
    """Its equipment is off, and it is ON."""

    def init_device(self):
        super().init_device()
        try:
            socket.create_connection(("supply1", 5025), timeout=1.0)
        except OSError as error:
            self.error_stream("%s", error)
