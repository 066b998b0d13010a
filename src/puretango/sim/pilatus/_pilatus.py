"""The simulated Pilatus: camera, image plugin and HDF5 writer wired together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from puretango.sim.camera import PILATUS_100K, Camera, FileWriter, ImagePlugin

__all__ = ["PilatusModel"]


class PilatusModel:
    """The whole detector, independent of any control layer.

    `on_change` is called, from any thread, after anything has changed; code that
    serves the detector compares and publishes.
    """

    def __init__(
        self,
        size: tuple[int, int] = PILATUS_100K,
        *,
        root: Path | None = None,
        seed: int | None = None,
    ) -> None:
        self.camera = Camera(size, seed=seed)
        self.image = ImagePlugin("Image1")
        self.writer = FileWriter("FileHDF1", root)
        self.camera.plugins = [self.image, self.writer]

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        for part in (self.camera, self.image, self.writer):
            part.changed = listener

    def close(self) -> None:
        """Stop acquiring, close the file, end every thread."""
        self.on_change(lambda: None)
        self.camera.close()
