"""A fly scan by the EPICS busy record and waveforms: the same flyer as on Tango.

python examples/epics_flyer.py
"""

from typing import Any

from puretango.sim import SimulatedIoc


def main() -> None:
    """Fly over a peak in 21 points and print what the controller recorded."""
    with SimulatedIoc("busy", "prj:") as ioc:
        ioc.use()  # before ophyd looks for the IOC
        from bluesky import RunEngine
        from bluesky.plans import fly

        from puretango.bluesky import SimulatedBusyFlyer

        flyer = SimulatedBusyFlyer("prj:", name="flyer", timeout=30)
        flyer.wait_for_connection(timeout=10)
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
