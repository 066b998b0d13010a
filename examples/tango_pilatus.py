"""Images from a Tango Pilatus: counted by bluesky, written as HDF5, found through the documents.

python examples/tango_pilatus.py [image.png]
"""

import os
import sys
import tempfile

os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")  # no EPICS here

from typing import Any
from urllib.parse import unquote, urlparse

import h5py
import hdf5plugin  # noqa: F401 - h5py learns LZ4 by it
import matplotlib
from bluesky import RunEngine
from bluesky.plans import count

from puretango.bluesky import TangoPilatus
from puretango.sim import Pilatus
from puretango.testing import TangoSystem

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(picture: str = "image.png") -> None:
    """Take three images, and plot the last one from its file."""
    with tempfile.TemporaryDirectory() as disk, TangoSystem({Pilatus: ["sim/pilatus/1"]}) as system:
        # The detector and this computer may see the same disk under different names.
        det = TangoPilatus(
            f"tango://{system.tango_host}/sim/pilatus/1",
            name="det",
            write_path=f"{disk}/%Y/%m/%d",
            read_path=f"{disk}/%Y/%m/%d",
            compression="LZ4",
        )
        det.stage_sigs["acquire_time"] = 0.1
        det.stage_sigs["acquire_period"] = 0.105

        documents: list[tuple[str, Any]] = []
        engine = RunEngine()
        engine(count([det], 3), lambda name, document: documents.append((name, document)))

        resource = next(document for name, document in documents if name == "stream_resource")
        path = unquote(urlparse(resource["uri"]).path)
        with h5py.File(path, "r") as file:
            images = file[resource["parameters"]["dataset"]]
            print(f"{os.path.basename(path)}: images {images.shape}, {images.dtype}")
            plt.imshow(images[-1].clip(1), norm="log", cmap="inferno")
            plt.colorbar(label="photons", orientation="horizontal")
            plt.savefig(picture)
        print(f"the last one is plotted in {picture}")


if __name__ == "__main__":
    main(*sys.argv[1:])
