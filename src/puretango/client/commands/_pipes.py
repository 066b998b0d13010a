"""Reading and writing pipes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.client.commands._commands import query_trouble
from puretango.client.green._green import blocking_core, green_core
from puretango.client.session._faults import Trouble
from puretango.client.session._identity import client_identity
from puretango.client.session._rights import check_writable
from puretango.errors import DevError, ErrSeverity, NonSupportedFeature
from puretango.idl import OPERATIONS, DevPipeBlob, DevPipeData, Operation, TimeVal
from puretango.values import (
    ExtractAs,
    GreenMode,
    PipeInfo,
    PipeInfoList,
    StdStringVector,
    blob_from_wire,
    blob_to_wire,
    pipe_config,
    pipe_info,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["ALL_PIPES", "Pipes", "read_pipe", "write_pipe"]

ALL_PIPES = "All pipes"
PIPE_RELEASE = 5
Blob = tuple[str, list[dict[str, Any]]]
_SYNCHRONOUS = GreenMode.Synchronous
_WRONG_CONFIG = "Value must be a PipeInfo or a sequence<PipeInfo>"


def _trouble(session: Session, call: str, pipe: str) -> Trouble:
    added = f"Failed to {call} on device {session.device_name}, pipe {pipe}"
    return Trouble(call, f"DeviceProxy::{call}()", "", ("API_PipeFailed", added), True)


def _check_release(session: Session, version: int, call: str) -> None:
    if 0 < version < PIPE_RELEASE:
        raise NonSupportedFeature(
            DevError(
                "API_UnsupportedFeature",
                ErrSeverity.ERR,
                f"Device {session.device_name} too old to use {call}() call. "
                "Please upgrade to Tango 9/IDL5",
                f"DeviceProxy::{call}()",
            )
        )


async def _call(
    io: IO,
    session: Session,
    call: str,
    trouble: Trouble,
    *args: Any,
    then: Callable[[Any], Any] | None = None,
) -> Any:
    """Call an operation of release 5, most of which take the client's identity as their last argument."""
    operation = OPERATIONS[f"{call}_5"]
    identified = any(name == "cl_ident" for name, _ in operation.params)

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        _check_release(session, version, call)
        return operation, (*args, client_identity(version)) if identified else args

    return await session.request(io, pick, trouble, then=then)


async def read_pipe(io: IO, session: Session, name: str) -> DevPipeData:
    """A pipe's value as it travels."""
    trouble = _trouble(session, "read_pipe", name)
    found: DevPipeData = await _call(io, session, "read_pipe", trouble, name)
    return found


def _blob(extract_as: ExtractAs, value: DevPipeData) -> Blob:
    return blob_from_wire(value.data_blob, extract_as)


def _named(name: str, blob: DevPipeBlob) -> DevPipeData:
    return DevPipeData(name, TimeVal(0, 0, 0), blob)


async def write_pipe(io: IO, session: Session, name: str, blob: DevPipeBlob) -> None:
    """Write a pipe."""
    check_writable(session, "pipe", "write_pipe")
    trouble = _trouble(session, "write_pipe", name)
    await _call(io, session, "write_pipe", trouble, _named(name, blob))


async def pipe_infos(io: IO, session: Session, names: Sequence[str]) -> list[PipeInfo]:
    """The configurations of pipes."""
    trouble = query_trouble("get_pipe_config")

    def then(configs: Any) -> list[PipeInfo]:
        if list(names) != [ALL_PIPES] and len(configs) != len(names):
            raise ValueError(f"{len(configs)} configurations of {len(names)} pipes")
        return [pipe_info(config) for config in configs]

    found: list[PipeInfo] = await _call(
        io, session, "get_pipe_config", trouble, list(names), then=then
    )
    return found


class Pipes:
    """Pipe calls of a DeviceProxy.

    A blob is ``(name, elements)``: read, the elements are a list of dicts of ``name``, ``dtype``
    and ``value``; to write, a dict of values, pairs, or such dicts, whose ``dtype`` may be left
    out.
    """

    _session: Session

    @green_core
    async def read_pipe(
        self, io: IO, pipe_name: str, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> tuple[str, list[dict[str, Any]]]:
        """Read a pipe: the blob."""
        trouble = _trouble(self._session, "read_pipe", pipe_name)
        then = partial(_blob, extract_as)
        blob: Blob = await _call(io, self._session, "read_pipe", trouble, pipe_name, then=then)
        return blob

    @green_core
    async def write_pipe(self, io: IO, pipe_name: str, blob: Any) -> None:
        """Write a blob to a pipe."""
        await write_pipe(io, self._session, pipe_name, blob_to_wire(blob))

    @green_core
    async def write_read_pipe(
        self, io: IO, pipe_name: str, blob: Any, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> tuple[str, list[dict[str, Any]]]:
        """Write a blob to a pipe and read it, with no other request between."""
        session = self._session
        check_writable(session, "pipe", "write_read_pipe")
        trouble = _trouble(session, "write_read_pipe", pipe_name)
        sent = _named(pipe_name, blob_to_wire(blob))
        then = partial(_blob, extract_as)
        found: Blob = await _call(io, session, "write_read_pipe", trouble, sent, then=then)
        return found

    @blocking_core
    async def get_pipe_list(self, io: IO) -> StdStringVector:
        """The names of all pipes."""
        infos = await pipe_infos(io, self._session, [ALL_PIPES])
        return StdStringVector(info.name for info in infos)

    @green_core
    async def get_pipe_config(
        self, io: IO, value: str | Sequence[str] | None = None
    ) -> PipeInfo | PipeInfoList:
        """The configuration of one pipe, of several, or of all."""
        if value is None:
            value = [ALL_PIPES]
        if isinstance(value, str):
            infos = await pipe_infos(io, self._session, [value])
            return PipeInfoList(infos) if value == ALL_PIPES else infos[0]
        if not isinstance(value, Sequence):
            raise TypeError("value must be a string or a sequence<string>")
        return PipeInfoList(await pipe_infos(io, self._session, [str(name) for name in value]))

    @green_core
    async def set_pipe_config(self, io: IO, value: Any) -> None:
        """Change label and description: of a PipeInfo, or of a sequence of them."""
        infos = [value] if isinstance(value, PipeInfo) else value
        if not isinstance(infos, Sequence) or not all(isinstance(each, PipeInfo) for each in infos):
            raise TypeError(_WRONG_CONFIG)
        if not infos:
            return
        check_writable(self._session, "pipe configuration", "set_pipe_config")
        configs = [pipe_config(info) for info in infos]
        trouble = query_trouble("set_pipe_config")
        await _call(io, self._session, "set_pipe_config", trouble, configs)
