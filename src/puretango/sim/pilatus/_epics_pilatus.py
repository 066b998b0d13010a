"""EPICS IOC: a Pilatus as areaDetector serves it (cam1:, image1:, HDF1:).

Every setpoint has its `_RBV` mirror. The camera really takes its time, the
image plugin serves real arrays, and the HDF5 plugin writes real files.
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from caproto import SkipWrite

from puretango.sim.camera import PILATUS_100K, CompressionSettings, Plugin
from puretango.sim.ioc import nobody_to_tell, run_ioc

from ._epics_table import SMALL_ARRAY, Channel, channels_for
from ._pilatus import PilatusModel

__all__ = ["PilatusIoc", "run_pilatus_ioc"]

#: PV -> (part of the model, attribute, least value allowed)
SETTINGS: dict[str, tuple[str, str, float]] = {
    "cam1:AcquireTime": ("camera.settings", "acquire_time", 0),
    "cam1:AcquirePeriod": ("camera.settings", "acquire_period", 0),
    "cam1:NumImages": ("camera.settings", "num_images", 1),
    "cam1:NumExposures": ("camera.settings", "num_exposures", 1),
    "cam1:ImageMode": ("camera.settings", "image_mode", 0),
    "cam1:ArrayCallbacks": ("camera.settings", "array_callbacks", 0),
    "cam1:WaitForPlugins": ("camera.settings", "wait_for_plugins", 0),
    "cam1:ThresholdEnergy": ("camera.settings", "threshold_energy", 0),
    "cam1:MinX": ("camera.settings", "min_x", 0),
    "cam1:MinY": ("camera.settings", "min_y", 0),
    "cam1:SizeX": ("camera.settings", "size_x", 1),
    "cam1:SizeY": ("camera.settings", "size_y", 1),
    "cam1:ReverseX": ("camera.settings", "reverse_x", 0),
    "cam1:ReverseY": ("camera.settings", "reverse_y", 0),
    "cam1:ArrayCounter": ("camera", "array_counter", 0),
    "HDF1:FileName": ("writer.settings", "name", 0),
    "HDF1:FileNumber": ("writer.settings", "number", 0),
    "HDF1:FileTemplate": ("writer.settings", "template", 0),
    "HDF1:AutoIncrement": ("writer.settings", "auto_increment", 0),
    "HDF1:AutoSave": ("writer.settings", "auto_save", 0),
    "HDF1:CreateDirectory": ("writer.settings", "create_directory", -math.inf),
    "HDF1:FileWriteMode": ("writer.settings", "mode", 0),
    "HDF1:NumCapture": ("writer.settings", "num_capture", 0),
    "HDF1:LazyOpen": ("writer.settings", "lazy_open", 0),
    "HDF1:TempSuffix": ("writer.settings", "temp_suffix", 0),
    "HDF1:SWMRMode": ("writer.settings", "swmr", 0),
    "HDF1:StoreAttr": ("writer.settings", "store_attributes", 0),
    "HDF1:NumFramesFlush": ("writer.settings", "flush_every", 0),
} | {
    f"{port}:{name}": (part, attribute, 0)
    for port, part in (("image1", "image"), ("HDF1", "writer"))
    for name, attribute in (
        ("EnableCallbacks", "enabled"),
        ("BlockingCallbacks", "blocking"),
        ("ArrayCounter", "array_counter"),
        ("DroppedArrays", "dropped"),
    )
}

#: PV of a compression parameter -> field of CompressionSettings.
COMPRESSION = {
    "HDF1:Compression": "kind",
    "HDF1:ZLevel": "zlevel",
    "HDF1:SZipNumPixels": "szip_pixels",
    "HDF1:NumDataBits": "data_bits",
    "HDF1:BloscCompressor": "blosc_compressor",
    "HDF1:BloscLevel": "blosc_level",
    "HDF1:BloscShuffle": "blosc_shuffle",
}

#: PV of a chunk size -> index in the chunk's shape (frames, rows, columns).
CHUNKS = {"HDF1:NumFramesChunks": 0, "HDF1:NumRowChunks": 1, "HDF1:NumColChunks": 2}

#: Buttons: they return to their first state at once.
BUTTONS = (
    "cam1:ReadStatus", "cam1:ShutterFanout", "cam1:ThresholdApply",
    "HDF1:ProcessPlugin", "HDF1:EmptyFreeList", "HDF1:FlushNow",
)  # fmt: skip


class PilatusIoc:
    """The IOC: channels bound to a PilatusModel."""

    def __init__(
        self,
        prefix: str = "Pilatus:",
        *,
        root: Path | None = None,
        size: tuple[int, int] = PILATUS_100K,
        model: PilatusModel | None = None,
    ) -> None:
        self.prefix = prefix
        self.monitors_sent: Callable[[], Awaitable[None]] = nobody_to_tell
        self.model = model or PilatusModel(size, root=root)
        self.channels = channels_for(prefix, math.prod(self.model.camera.max_size))
        self._readbacks = self._make_readbacks()
        self._published: dict[str, Any] = {}
        self._dirty = asyncio.Event()
        self._round = asyncio.Condition()
        self._acquiring = False
        self._task: asyncio.Task[None] | None = None
        for name, channel in self.channels.items():
            if channel.writable:
                channel.on_put = self._putter(name)

    @property
    def pvdb(self) -> Mapping[str, Any]:
        """Channel by full PV name."""
        return {channel.pv: channel for channel in self.channels.values()}

    async def started(self) -> None:
        """Begin to publish the model's changes."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._dirty.set)

        self.model.on_change(wake)
        for name, (part, attribute, _) in SETTINGS.items():
            if name in self.channels:
                await self.channels[name].publish_value(self._get(part, attribute))
        await self._publish()
        self._task = asyncio.create_task(self._publish_changes())

    async def stopped(self) -> None:
        """Stop the detector and finish its file."""
        await asyncio.to_thread(self.model.close)
        if self._task is not None:
            self._task.cancel()

    # -- puts ---------------------------------------------------------------
    def _putter(self, name: str) -> Callable[[Channel, Any], Any]:
        special = {
            "cam1:Acquire": self._put_acquire,
            "HDF1:Capture": self._put_capture,
            "HDF1:FilePath": self._put_path,
            "HDF1:WriteFile": self._put_write,
            "HDF1:ReadFile": self._put_read,
        }
        if name in special:
            return special[name]
        if name in SETTINGS:
            return self._put_setting
        if name in COMPRESSION:
            return self._put_compression
        if name in CHUNKS:
            return self._put_chunk
        if name in BUTTONS:
            return self._put_button
        return self._put_plain

    def _short(self, channel: Channel) -> str:
        return channel.pv.removeprefix(self.prefix)

    async def _put_plain(self, channel: Channel, value: Any) -> Any:
        mirror = self.channels.get(self._short(channel) + "_RBV")
        if mirror is not None:
            await mirror.publish_value(value)
        return value

    async def _put_setting(self, channel: Channel, value: Any) -> Any:
        part, attribute, least = SETTINGS[self._short(channel)]
        owner = self._part(part)
        wanted = channel.as_python(_scalar(value))
        if not isinstance(wanted, str):
            if not math.isfinite(wanted):
                raise ValueError(f"{channel.pv}: {wanted} is not a setting")
            wanted = max(wanted, least)
        setattr(owner, attribute, type(getattr(owner, attribute))(wanted))
        await self._publish()
        return value

    async def _put_compression(self, channel: Channel, value: Any) -> Any:
        settings = self.model.writer.settings
        field = COMPRESSION[self._short(channel)]
        kind = type(getattr(CompressionSettings(), field))
        wanted = kind(channel.as_python(_scalar(value)))
        settings.compression = dataclasses.replace(settings.compression, **{field: wanted})
        return await self._put_plain(channel, value)

    async def _put_chunk(self, channel: Channel, value: Any) -> Any:
        settings = self.model.writer.settings
        chunk = list(settings.chunk)
        chunk[CHUNKS[self._short(channel)]] = max(0, int(_scalar(value)))
        settings.chunk = (chunk[0], chunk[1], chunk[2])
        return await self._put_plain(channel, value)

    async def _put_button(self, channel: Channel, value: Any) -> Any:
        return 0

    async def _put_path(self, channel: Channel, value: Any) -> Any:
        await asyncio.to_thread(self.model.writer.set_path, channel.as_python(value))
        await self._publish()
        return value

    async def _put_acquire(self, channel: Channel, value: Any) -> Any:
        camera = self.model.camera
        if channel.as_python(value):
            if not self._acquiring:
                # Both records show 1 before the camera starts, however short the
                # acquisition: clients wait for the edge from 1 to 0.
                self._acquiring = True
                await channel.publish_value(1)
                await self.channels["cam1:Acquire_RBV"].publish_value(1)
                camera.start()
                # This one as well, since ophyd-async waits for it.
                self._published["cam1:Armed"] = 1
                await self.channels["cam1:Armed"].publish_value(1)
        else:
            camera.stop()
        await self._until(lambda: not self._acquiring)
        await self.monitors_sent()
        # The record has been written by the publisher; writing it again here could
        # undo the next client's put.
        raise SkipWrite

    async def _put_capture(self, channel: Channel, value: Any) -> Any:
        writer = self.model.writer
        if channel.as_python(value):
            await asyncio.to_thread(writer.start_capture)
            await channel.publish_value(int(writer.capturing))
            await self._publish()
            await self._until(lambda: not writer.capturing)
        else:
            await asyncio.to_thread(writer.stop_capture)
            await channel.publish_value(0)
            await self._publish()
        raise SkipWrite

    async def _put_write(self, channel: Channel, value: Any) -> Any:
        if channel.as_python(value):
            mirror = self.channels["HDF1:WriteFile_RBV"]
            await mirror.publish_value(1)
            await asyncio.to_thread(self.model.writer.write_now)
            await mirror.publish_value(0)
            await self._publish()
        return 0

    async def _put_read(self, channel: Channel, value: Any) -> Any:
        if channel.as_python(value):
            await self.channels["HDF1:WriteStatus"].publish_value(1)
            await self.channels["HDF1:WriteMessage"].publish_value("ReadFile is not supported")
        return 0

    # -- publishing ---------------------------------------------------------
    async def _publish_changes(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._publish()
            camera = self.model.camera
            if self._acquiring and not camera.acquiring:
                await self._publish()
                self._acquiring = False
                await self.channels["cam1:Acquire_RBV"].publish_value(0)
                await self.channels["cam1:Acquire"].publish_value(0)
            if not self.model.writer.capturing:
                await self._fall_back("HDF1:Capture")
            async with self._round:
                self._round.notify_all()

    async def _fall_back(self, name: str) -> None:
        channel = self.channels[name]
        if channel.as_python(channel.value):
            await channel.publish_value(0)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._round:
            await self._round.wait_for(condition)

    async def _publish(self) -> None:
        for name, get in self._readbacks.items():
            value = get()
            if self._published.get(name, self) != value:
                self._published[name] = value
                await self.channels[name].publish_value(value)
        frame = self.model.image.frame
        if self._published.get("image") is not frame:
            self._published["image"] = frame
            await self.channels["image1:ArrayData"].publish_value(self.model.image.image)

    def _part(self, path: str) -> Any:
        part: Any = self.model
        for name in path.split("."):
            part = getattr(part, name)
        return part

    def _get(self, part: str, attribute: str) -> Any:
        value = getattr(self._part(part), attribute)
        return int(value) if isinstance(value, int) else value

    def _make_readbacks(self) -> dict[str, Callable[[], Any]]:
        camera, image, writer = self.model.camera, self.model.image, self.model.writer
        readbacks: dict[str, Callable[[], Any]] = {
            "cam1:DetectorState_RBV": lambda: int(camera.state),
            "cam1:StatusMessage_RBV": lambda: camera.status_message,
            "cam1:NumImagesCounter_RBV": lambda: camera.images_counter,
            "cam1:NumExposuresCounter_RBV": lambda: camera.exposures_counter,
            "cam1:ArrayRate_RBV": lambda: camera.array_rate,
            "cam1:TimeRemaining_RBV": lambda: camera.time_remaining,
            "cam1:Armed": lambda: int(camera.acquiring),
            "cam1:ShutterStatus_RBV": lambda: int(camera.acquiring),
            "cam1:MaxSizeX_RBV": lambda: camera.max_size[0],
            "cam1:MaxSizeY_RBV": lambda: camera.max_size[1],
            "cam1:ArraySizeX_RBV": lambda: camera.image_shape[1],
            "cam1:ArraySizeY_RBV": lambda: camera.image_shape[0],
            "cam1:ArraySize0_RBV": lambda: camera.image_shape[1],
            "cam1:ArraySize1_RBV": lambda: camera.image_shape[0],
            "cam1:UniqueId_RBV": lambda: camera.frame.unique_id if camera.frame else 0,
            "cam1:ArraySize_RBV": lambda: 4 * math.prod(camera.image_shape),
            "HDF1:FilePath_RBV": lambda: writer.settings.path,
            "HDF1:FilePathExists_RBV": lambda: int(writer.path_exists),
            "HDF1:FullFileName_RBV": lambda: writer.full_name,
            "HDF1:NumCaptured_RBV": lambda: writer.num_captured,
            "HDF1:Capture_RBV": lambda: int(writer.capturing),
            "HDF1:WriteStatus": lambda: int(writer.write_error),
            "HDF1:WriteMessage": lambda: writer.write_message,
            "HDF1:SWMRActive_RBV": lambda: int(writer.capturing and writer.settings.swmr),
        }
        readbacks |= _plugin_readbacks("image1", image) | _plugin_readbacks("HDF1", writer)
        for axis, letter in enumerate("XYZ"):
            readbacks[f"HDF1:ArraySize{letter}_RBV"] = readbacks[f"HDF1:ArraySize{axis}_RBV"]
        readbacks["HDF1:ArraySize_RBV"] = lambda: writer.frame.data.nbytes if writer.frame else 0
        for name, (part, attribute, _) in SETTINGS.items():
            mirror = name + "_RBV"
            if mirror in self.channels:
                readbacks[mirror] = partial(self._get, part, attribute)
        return readbacks


def _plugin_readbacks(port: str, plugin: Plugin) -> dict[str, Callable[[], Any]]:
    def size(axis: int) -> int:
        return plugin.array_size[axis]

    def dimensions() -> list[int]:
        return [*plugin.array_size[:2], *[0] * (SMALL_ARRAY - 2)]

    return {f"{port}:ArraySize{axis}_RBV": partial(size, axis) for axis in range(3)} | {
        f"{port}:Dimensions_RBV": dimensions,
        f"{port}:UniqueId_RBV": lambda: plugin.frame.unique_id if plugin.frame else 0,
        f"{port}:TimeStamp_RBV": lambda: plugin.frame.timestamp if plugin.frame else 0.0,
        f"{port}:QueueUse": lambda: plugin.waiting,
        f"{port}:QueueFree": lambda: plugin.QUEUE_SIZE - plugin.waiting,
    }


def _scalar(value: Any) -> Any:
    """The single element of a put, which caproto passes as a list of one."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return value[0]
    return value


def run_pilatus_ioc(
    prefix: str = "Pilatus:",
    *,
    root: Path | None = None,
    size: tuple[int, int] = PILATUS_100K,
    interfaces: list[str] | None = None,
) -> None:
    """Serve the Pilatus IOC until interrupted."""
    run_ioc(PilatusIoc(prefix, root=root, size=size), interfaces=interfaces, label="pilatus-ioc")
