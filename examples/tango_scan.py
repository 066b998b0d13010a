"""Count and scan with Tango attributes, a motor and a whole device, and a plot of the scan.

    python examples/tango_scan.py [scan.png]

Runs on a Tango system of its own; with your own system, give the names of your devices.
"""

import os
import sys

os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")  # no EPICS here

import matplotlib
from bluesky import RunEngine
from bluesky.callbacks import LiveTable
from bluesky.plans import count, scan

from puretango.bluesky import TangoAttribute, TangoDevice, TangoMotor
from puretango.sim import Motor, TangoTest
from puretango.testing import TangoSystem

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(picture: str = "scan.png") -> None:
    """Count an attribute, scan a motor against it, read a whole device."""
    with TangoSystem({TangoTest: ["sys/tg_test/1"], Motor: ["sim/motor/1"]}) as system:
        host = f"tango://{system.tango_host}"
        signal = TangoAttribute(f"{host}/sys/tg_test/1/double_scalar", name="signal")
        motor = TangoMotor(f"{host}/sim/motor/1", name="motor")
        everything = TangoDevice(f"{host}/sys/tg_test/1", name="everything")

        engine = RunEngine()
        events: list[dict[str, float]] = []
        engine.subscribe(lambda name, event: events.append(event["data"]), "event")

        engine(count([signal], 3), LiveTable(["signal"]))
        events.clear()
        engine(scan([signal], motor, -1, 1, 9), LiveTable([motor, signal]))

        plt.plot([e["motor"] for e in events], [e["signal"] for e in events], marker="o")
        plt.xlabel("motor / mm")
        plt.ylabel("signal")
        plt.savefig(picture)
        print(f"{len(events)} points, plotted in {picture}")
        print(f"{len(everything.read())} attributes of sys/tg_test/1 in one request")


if __name__ == "__main__":
    main(*sys.argv[1:])
