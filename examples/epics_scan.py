"""Count and scan with EPICS signals: the same plans, on the simulated busy IOC.

python examples/epics_scan.py [scan.png]
"""

import sys
from typing import Any

import matplotlib
import numpy as np

from puretango.sim import SimulatedIoc

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(picture: str = "scan.png") -> None:
    """Scan where the controller begins, and see what it finds there."""
    with SimulatedIoc("busy", "prj:") as ioc:
        ioc.use()  # before ophyd looks for the IOC
        from bluesky import RunEngine
        from bluesky.callbacks import LiveTable
        from bluesky.plans import count, scan
        from ophyd import Component, DerivedSignal, Device, EpicsSignal, EpicsSignalRO

        class First(DerivedSignal):
            """The first element of an array."""

            def inverse(self, value: Any) -> float:
                """What a reader sees of the array."""
                return float(next(iter(np.atleast_1d(value)), np.nan))

        class Probe(Device):
            """One point of the controller, taken when triggered."""

            points = Component(EpicsSignal, "fly:points", kind="config")
            busy = Component(
                EpicsSignal, "mybusy", put_complete=True, trigger_value=1, kind="omitted"
            )
            found = Component(EpicsSignalRO, "y_array", kind="omitted")
            signal = Component(First, derived_from="found", kind="hinted")

        where = EpicsSignal("prj:fly:start", name="where")
        probe = Probe("prj:", name="probe")
        probe.wait_for_connection(timeout=10)
        probe.stage_sigs["points"] = 1

        engine = RunEngine()
        events: list[dict[str, float]] = []
        engine.subscribe(lambda name, event: events.append(event["data"]), "event")
        engine(count([probe], 3), LiveTable(["probe_signal"]))
        events.clear()
        engine(scan([probe], where, -1, 1, 11), LiveTable([where, "probe_signal"]))

        plt.plot([e["where"] for e in events], [e["probe_signal"] for e in events], marker="o")
        plt.xlabel("where / mm")
        plt.ylabel("signal")
        plt.savefig(picture)
        print(f"{len(events)} points, plotted in {picture}")


if __name__ == "__main__":
    main(*sys.argv[1:])
