"""A fly scan by a Tango controller with a busy flag.

python examples/tango_flyer.py
"""

import os

os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")  # no EPICS here

from typing import Any

from bluesky import RunEngine
from bluesky.plans import fly

from puretango.bluesky import TangoBusyFlyer
from puretango.sim import BusyController
from puretango.testing import TangoSystem


def main() -> None:
    """Fly over a peak in 21 points and print what the controller recorded."""
    with TangoSystem({BusyController: ["sim/busy/1"]}) as system:
        flyer = TangoBusyFlyer(f"tango://{system.tango_host}/sim/busy/1", name="flyer", timeout=30)
        flyer.num_points.set(21).wait(5)
        flyer.dwell.set(0.02).wait(5)

        pages: list[dict[str, Any]] = []
        engine = RunEngine()
        engine.subscribe(lambda name, page: pages.append(page), "event_page")
        engine(fly([flyer]), purpose="a peak in one go")

        (page,) = pages
        begin = page["data"]["flyer_times"][0]
        print(" time/s  position  signal")
        for values in zip(
            *(page["data"][f"flyer_{key}"] for key in ("times", "positions", "signals")),
            strict=True,
        ):
            print(f"{values[0] - begin:7.3f} {values[1]:9.3f} {values[2]:7.3f}")


if __name__ == "__main__":
    main()
