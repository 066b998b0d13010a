"""Pipe: one pipe of one device, with its configuration and the author's methods."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from puretango.idl import DevPipeBlob, DevPipeData, TimeVal
from puretango.idl import PipeConfig as WireConfig
from puretango.server.base._calling import beside_loop
from puretango.server.base._failure import throw
from puretango.server.declaration.settings._settings import NO_DESCRIPTION
from puretango.values import (
    AttReqType,
    DispLevel,
    ExtractAs,
    PipeWriteType,
    blob_from_wire,
    blob_to_wire,
)

if TYPE_CHECKING:
    from puretango.server.declaration._pipe import PipeData
    from puretango.server.store._ports import StoreHost, StoreOwner

NOT_SPECIFIED, NOT_A_NUMBER = "not specified", "nan"
Texts = Mapping[str, Sequence[str]]


class WithPipes(Protocol):
    """The parts of a device, as the code of pipes sees them."""

    @property
    def pipes(self) -> Mapping[str, Pipe]: ...


class PipeOwner(Protocol):
    """A device that has pipes."""

    def get_name(self) -> str: ...
    @property
    def _tango(self) -> WithPipes: ...


class PipeClass(Protocol):
    """A class of such devices."""

    @property
    def server(self) -> StoreHost: ...
    @property
    def pipes(self) -> Any: ...
    def get_name(self) -> str: ...


class Pipe:
    """A pipe: clients read and write it as one tree of values."""

    def __init__(self, data: PipeData, device_type: Any, passes_pipe: bool) -> None:
        assert data.pipe_name is not None
        self.name: str = data.pipe_name
        self.lower_name = self.name.lower()
        self.display_level: DispLevel = data.display_level
        self.writable: PipeWriteType = data.pipe_write
        self._user = dict(data.pipe_prop.texts) if data.pipe_prop is not None else {}
        self._class: dict[str, str] = {}
        self._library = {"label": self.name, "description": NO_DESCRIPTION}
        self._texts = dict(self._library)
        reads, writes = data.fget or data.read_method_name, data.fset or data.write_method_name
        rule = data.fisallowed or data.is_allowed_name
        self._read = beside_loop(device_type, reads, data.read_green_mode)
        self._write = beside_loop(device_type, writes, data.write_green_mode)
        self._rule = beside_loop(device_type, rule, data.isallowed_green_mode)
        self._passes_pipe = passes_pipe
        self._blob: DevPipeBlob | None = None
        self._root_name: str | None = None
        self.load({}, {})

    # -- configuration ----------------------------------------------------------------------------

    def load(self, device: Texts, of_class: Texts) -> None:
        """Take label and description from the device's entry, else the author, the class's entry, the library."""
        self._class = {name: " ".join(values) for name, values in of_class.items() if values}
        if self._user.keys() >= self._library.keys():
            self._class = {}  # an author who gives both texts overrides the class's entry
        for name, default in self._library.items():
            text = self._user.get(name, "")
            if text.lower() in ("", NOT_SPECIFIED, NOT_A_NUMBER):
                text = self._class.get(name, default)
            self._texts[name] = " ".join(device[name]) if device.get(name) else text

    def config(self) -> WireConfig:
        """The pipe's configuration as it travels."""
        return WireConfig(
            self.name,
            self._texts["description"],
            self._texts["label"],
            self.display_level,
            self.writable,
            [],
        )

    def configure(self, device: StoreOwner, config: WireConfig) -> None:
        """Change label and description, here and in the database.

        "Not specified" means the library's text, an empty text the author's, and
        "NaN" that of the class's entry in the database.
        """
        if config.writable != self.writable:
            raise throw(
                "API_AttrNotAllowed",
                "Pipe writable property is not changeable at run time",
                "Pipe::set_properties()",
            )
        before = dict(self._texts)
        wanted = {"description": config.description, "label": config.label}
        self._texts = {name: self._meant(name, text) for name, text in wanted.items()}
        put: dict[str, list[str]] = {}
        delete: list[str] = []
        for name, text in self._texts.items():
            if text == before[name]:
                continue
            if text == self._without_device(name):
                delete.append(name)
            else:
                put[name] = [text]
        try:
            device._tango.server.store.put_pipe_properties(
                device.get_name(), self.name, put, delete
            )
        except Exception:
            self._texts = before
            raise

    def _meant(self, name: str, text: str) -> str:
        library = self._library[name]
        lowered = text.lower()
        if lowered == NOT_SPECIFIED:
            return library
        if not text:
            return self._user.get(name, library)
        if lowered == NOT_A_NUMBER:
            return self._class.get(name, self._user.get(name, library))
        return text

    def _without_device(self, name: str) -> str:
        """The text that applies if the device has no entry in the database."""
        return self._user.get(name) or self._class.get(name) or self._library[name]

    def get_name(self) -> str:
        """The pipe's name."""
        return self.name

    def get_label(self) -> str:
        """The pipe's label."""
        return self._texts["label"]

    def get_desc(self) -> str:
        """The pipe's description."""
        return self._texts["description"]

    def get_disp_level(self) -> DispLevel:
        """Whether the pipe is shown to everybody or to experts."""
        return self.display_level

    def get_writable(self) -> PipeWriteType:
        """Whether the pipe can be written."""
        return self.writable

    # -- value, as the author's low-level methods see it ----------------------------------------------

    def set_root_blob_name(self, root_blob_name: str) -> None:
        """Name the blob that the pipe gives."""
        self._root_name = root_blob_name
        if self._blob is not None:
            self._blob.name = root_blob_name

    def get_root_blob_name(self) -> str:
        """The name of the blob that was written, or is to be read."""
        return self._blob.name if self._blob is not None else self._root_name or ""

    def set_value(self, value: Any) -> None:
        """Give the pipe its value: ``(name, elements)``."""
        self._blob = blob_to_wire(value)

    def get_value(self) -> tuple[str, Any]:
        """What a client has written: ``(name, elements)``."""
        if self._blob is None:
            return self.get_root_blob_name(), []
        return blob_from_wire(self._blob, ExtractAs.Numpy)

    # -- requests ------------------------------------------------------------------------------------

    async def _call(self, device: StoreOwner, method: Any, *args: Any) -> Any:
        if isinstance(method, str):
            return await device._tango.call(getattr(device, method), *args)
        return await device._tango.call(method, device, *args)

    async def _check_allowed(self, device: StoreOwner, kind: AttReqType, verb: str) -> None:
        rule = self._rule
        if rule is None or (isinstance(rule, str) and getattr(device, rule, None) is None):
            return
        if not await self._call(device, rule, kind):
            raise throw(
                "API_PipeNotAllowed",
                f"It is currently not allowed to {verb} pipe {self.name}",
                f"Device_5Impl::{verb}_pipe_5",
            )

    async def read(self, device: StoreOwner, asked: str) -> DevPipeData:
        """Call the author's method that reads the pipe."""
        await self._check_allowed(device, AttReqType.READ_REQ, "read")
        self._blob = None
        if self._passes_pipe:
            await self._call(device, self._read, self)
            blob = self._blob
        else:
            value = await self._call(device, self._read)
            blob = self._blob if value is None else blob_to_wire(value)
        if blob is None:
            raise throw(
                "API_PipeValueNotSet",
                f"Value for pipe {asked} has not been updated",
                "Device_5Impl::read_pipe_5",
            )
        self._blob = None
        return self.stamped(blob, asked)

    def stamped(self, blob: DevPipeBlob, name: str = "", at: float | None = None) -> DevPipeData:
        """A blob as it is sent: with the pipe's name and a time."""
        nanos = time.time_ns() if at is None else int(at * 1e9)
        sec, rest = divmod(nanos, 1_000_000_000)
        return DevPipeData(name or self.name, TimeVal(sec, rest // 1000, 0), blob)

    async def write(self, device: StoreOwner, value: DevPipeData) -> None:
        """Call the author's method that writes the pipe."""
        await self._check_allowed(device, AttReqType.WRITE_REQ, "write")
        blob = value.data_blob
        if self._passes_pipe:
            self._blob = blob
            try:
                await self._call(device, self._write, self)
            finally:
                self._blob = None
        else:
            await self._call(device, self._write, blob_from_wire(blob))


def load_pipes(cls: PipeClass, devices: Sequence[PipeOwner]) -> None:
    """Take what the database says of the pipes of new devices of a class."""
    if not cls.pipes:
        return
    store = cls.server.store
    names = [data.pipe_name or "" for data in cls.pipes]
    of_class = store.read_class_pipes(cls.get_name(), names)
    for device in devices:
        own = store.read_pipes(device.get_name(), names)
        for pipe in device._tango.pipes.values():
            pipe.load(own.get(pipe.lower_name, {}), of_class.get(pipe.lower_name, {}))


def find_pipe(device: PipeOwner, name: str) -> Pipe:
    """The pipe of that name, however its letters are capitalised."""
    pipe = device._tango.pipes.get(name.lower())
    if pipe is None:
        raise throw("API_PipeNotFound", f"{name} pipe not found", "DeviceClass::get_pipe_by_name")
    return pipe
