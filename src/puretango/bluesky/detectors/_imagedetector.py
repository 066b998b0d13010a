"""What detectors that write images to files have in common."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any, Literal

from ophyd import Device

from puretango.bluesky.files import (
    Asset,
    EventFiles,
    FlownFiles,
    ResourceAssets,
    StreamAssets,
    Written,
)
from puretango.bluesky.flyers import connect_all

__all__ = ["ImageDetector"]


class ImageDetector(Device):
    """Readable, pausable, and a writer of external assets; a subclass stages, triggers and halts."""

    def __init__(
        self,
        prefix: str = "",
        *,
        name: str,
        write_path: str,
        read_path: str | None = None,
        file_name: Callable[[], str] = lambda: str(uuid.uuid4()),
        assets: Literal["stream", "resource"] = "stream",
        frames_per_event: int = 1,
        trigger_timeout: float = 30.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(prefix, name=name, **kwargs)
        if assets not in ("stream", "resource"):
            raise ValueError(f"assets must be 'stream' or 'resource', not {assets!r}")
        if not (read_path or write_path).startswith("/"):
            raise ValueError(
                f"{name}: documents need the whole path to the images, not {read_path or write_path!r}"
            )
        self.write_path = write_path
        self.read_path = read_path or write_path
        self.make_file_name = file_name
        self.assets_kind = assets
        self.frames_per_event = frames_per_event
        self.trigger_timeout = trigger_timeout
        self._written = Written()
        self._assets: StreamAssets | ResourceAssets | EventFiles | FlownFiles | None = None
        self._readings: dict[str, Any] = {}
        #: The last trigger's status, until its images were read.
        self._status: Any = None
        self._replay = False

    def wait_for_connection(self, all_signals: bool = False, timeout: float = 5.0) -> None:
        """Connect every signal; TimeoutError names the first that does not connect in time."""
        connect_all(self, timeout)

    # -- interruptions
    def pause(self) -> None:
        """Exposures go on during a pause; a trigger that is repeated after it starts no second one."""
        self._replay = self._status is not None

    def resume(self) -> None:
        """Nothing to do: ``pause`` held nothing."""

    # -- Readable
    @property
    def image_key(self) -> str:
        """The data key of the images."""
        return f"{self.name}_image"

    def _described_images(self) -> dict[str, Any]:
        """Shape, type and source of the images: the detector's part of their data key."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """The components that are read, and the images."""
        described: dict[str, Any] = super().describe()
        if self._assets is not None:
            described[self.image_key] = self._described_images() | {
                "external": self._assets.external,
                "object_name": self.name,
            }
        return described

    def read(self) -> dict[str, Any]:
        """The components that are read, and with ``resource`` documents the datum of the images."""
        readings: dict[str, Any] = super().read()
        self._status = None
        return readings | self._readings

    # -- WritesExternalAssets, WritesStreamAssets
    def collect_asset_docs(self, index: int | None = None) -> Iterator[Asset]:
        """The documents about the images that have not been emitted yet."""
        if self._assets is not None:
            yield from self._assets.documents(index)

    def get_index(self) -> int:
        """Events whose images are in their files."""
        return 0 if self._assets is None else self._assets.index
