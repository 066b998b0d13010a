"""The EPICS part of the demo, a program of its own: ``python -m puretango.cli.demo._epics DIR``."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

from puretango.sim import SimulatedIoc


def main(plots: Path) -> None:
    """Fly and take images on the simulated IOCs."""
    from bluesky import RunEngine

    with (
        tempfile.TemporaryDirectory() as disk,
        SimulatedIoc("busy", "prj:") as busy,
        SimulatedIoc("pilatus", "Pilatus:", root=disk) as pilatus,
    ):
        # Both on loopback, each on a port of its own: the list names both.
        os.environ.update(busy.environment)
        os.environ["EPICS_CA_ADDR_LIST"] = f"127.0.0.1:{busy.port} 127.0.0.1:{pilatus.port}"
        from puretango.bluesky import EpicsPilatus, SimulatedBusyFlyer
        from puretango.cli.demo._equipment import POINTS, plot_image, tell_flight

        engine = RunEngine()
        logging.getLogger("bluesky").setLevel(logging.ERROR)
        flyer = SimulatedBusyFlyer("prj:", name="flyer", timeout=30)
        flyer.wait_for_connection(timeout=20)
        flyer.num_points.put(POINTS, wait=True)
        tell_flight(engine, flyer, plots / "fly-epics.png")
        det = EpicsPilatus(
            "Pilatus:", name="det", write_path="/%Y/%m/%d", read_path=f"{disk}/%Y/%m/%d"
        )
        det.wait_for_connection(timeout=20)
        det.stage_sigs.update(acquire_time=0.1, acquire_period=0.105)
        plot_image(engine, det, plots / "image-epics.png")
    sys.stdout.flush()
    # Channel Access client threads do not end by themselves.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
