"""Count and scan with a Tango attribute, a motor and a whole device, and a plot of the scan.

    python examples/tango_scan.py [scan.png]

Runs on a Tango system of its own; with your own system, give the names of your devices.
"""

import math
import os
import sys

os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")  # no EPICS here

import matplotlib
from bluesky import RunEngine
from bluesky.callbacks import LiveTable
from bluesky.plans import count, scan

from puretango import DeviceProxy
from puretango.bluesky import TangoAttribute, TangoDevice, TangoMotor
from puretango.server import Device, attribute
from puretango.sim import Motor, TangoTest
from puretango.testing import TangoSystem

matplotlib.use("Agg")
import matplotlib.pyplot as plt


class Diode(Device):
    """A diode behind the motor: there is a beam at 0.2 mm."""

    @attribute(dtype=float, unit="nA", format="%.3f")
    def current(self) -> float:
        """What it sees where the motor is now."""
        away = DeviceProxy("sim/motor/1").position - 0.2
        return math.exp(-((away / 0.3) ** 2))


def main(picture: str = "scan.png") -> None:
    """Count an attribute, scan a motor against it, read a whole device."""
    devices = {TangoTest: ["sys/tg_test/1"], Motor: ["sim/motor/1"], Diode: ["sim/diode/1"]}
    with TangoSystem(devices) as system:
        host = f"tango://{system.tango_host}"
        signal = TangoAttribute(f"{host}/sim/diode/1/current", name="signal")
        motor = TangoMotor(f"{host}/sim/motor/1", name="motor")
        everything = TangoDevice(f"{host}/sys/tg_test/1", name="everything")

        engine = RunEngine()
        events: list[dict[str, float]] = []
        engine.subscribe(lambda name, event: events.append(event["data"]), "event")

        engine(count([signal], 3), LiveTable(["signal"]))
        events.clear()
        engine(scan([signal], motor, -1, 1, 21), LiveTable([motor, signal]))

        plt.plot([e["motor"] for e in events], [e["signal"] for e in events], marker="o")
        plt.xlabel("motor / mm")
        plt.ylabel("signal / nA")
        plt.savefig(picture)
        print(f"{len(events)} points, plotted in {picture}")
        print(f"{len(everything.read())} attributes of sys/tg_test/1 in one request")


if __name__ == "__main__":
    main(*sys.argv[1:])
