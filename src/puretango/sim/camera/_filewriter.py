"""The HDF5 file plugin of the simulated detector: names, modes, capture, errors."""

from __future__ import annotations

import contextlib
import enum
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ._hdf5 import CompressionSettings, ImageFile
from ._plugin import Frame, Plugin

__all__ = ["FileSettings", "FileWriter", "WriteMode", "format_name"]


class WriteMode(enum.IntEnum):
    """One file per frame; a buffer written at the end; one file that grows."""

    SINGLE = 0
    CAPTURE = 1
    STREAM = 2


@dataclass(slots=True)
class FileSettings:
    """What a user sets before capture."""

    path: str = ""
    name: str = ""
    number: int = 1
    template: str = "%s%s_%3.3d.h5"
    auto_increment: bool = False
    auto_save: bool = False
    create_directory: int = 0
    mode: WriteMode = WriteMode.SINGLE
    num_capture: int = 1
    lazy_open: bool = False
    temp_suffix: str = ""
    swmr: bool = False
    store_attributes: bool = True
    chunk: tuple[int, int, int] = (1, 0, 0)
    #: Frames after which a growing file can be read; 0: when it is closed.
    flush_every: int = 1
    compression: CompressionSettings = field(default_factory=CompressionSettings)


_CONVERSION = re.compile(r"%%|%[-+ 0#]*(\d*)(?:\.(\d*))?([sdi])")


def format_name(template: str, path: str, name: str, number: int) -> str:
    """Fill a C template (`%s%s_%3.3d.h5`): arguments beyond its fields are ignored."""
    arguments: list[str | int] = [path, name, number]

    def fill(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if any(len(width or "") > 2 for width in match.group(1, 2)):
            raise ValueError(f"width too large in file template {template!r}")
        if not arguments:
            raise ValueError(f"too many conversions in file template {template!r}")
        value = arguments.pop(0)
        if isinstance(value, str) != (match[3] == "s"):
            raise ValueError(f"{match[0]} cannot show {value!r} in file template {template!r}")
        return match[0] % value

    if "%" in _CONVERSION.sub("", template):
        raise ValueError(f"unknown conversion in file template {template!r}")
    return _CONVERSION.sub(fill, template)


class FileWriter(Plugin):
    """Writes frames to HDF5 files below `root`.

    Clients name paths as the detector's computer sees them. With a `root`
    those are below it on this machine, as if it were mounted there, and
    nothing is written elsewhere. Failures are not raised: they end up in
    `write_error` and `write_message`, and a capture ends.
    """

    #: How many frames may wait: one second of the fastest camera.
    QUEUE_SIZE = 1000

    def __init__(self, port: str, root: Path | None = None) -> None:
        super().__init__(port)
        self.root = root
        self.settings = FileSettings()
        self.capturing = False
        self.num_captured = 0
        self.full_name = ""
        self.write_error = False
        self.write_message = ""
        self._file: ImageFile | None = None
        self._final: Path | None = None
        self._buffer: list[Frame] = []
        self._idle = threading.Condition(self._lock)

    # -- paths --------------------------------------------------------------
    @property
    def path_exists(self) -> bool:
        """Whether the directory is there and can be written to."""
        try:
            return bool(self.settings.path) and self._local(self.settings.path).is_dir()
        except OSError:
            return False

    def set_path(self, path: str) -> str:
        """Set the directory; a separator is put at its end, and it is created if wanted."""
        if path and not path.endswith("/"):
            path += "/"
        self.settings.path = path
        try:
            self._ensure_directory()
        except OSError as error:
            self._fail(error)
        return path

    def _local(self, path: str) -> Path:
        pure = PurePosixPath(path)
        if ".." in pure.parts:
            raise PermissionError(f"{path}: '..' is not allowed")
        if self.root is None:
            return Path(pure)
        return self.root.joinpath(*[p for p in pure.parts if p != "/"])

    def _ensure_directory(self) -> None:
        """Create directories according to CreateDirectory: -n the last n, n all from the nth on."""
        path = self.settings.path
        depth = self.settings.create_directory
        if not path:
            return
        local = self._local(path)
        if local.is_dir() or not depth:
            return
        missing = [p for p in (local, *local.parents) if not p.exists()]
        parts = len(PurePosixPath(path).parts) - 1
        allowed = -depth if depth < 0 else parts - depth + 1
        # The mount point itself stands for the root of the detector's disk.
        if self.root is not None:
            missing = [p for p in missing if p != self.root and self.root in p.parents]
            self.root.mkdir(parents=True, exist_ok=True)
        if len(missing) > allowed:
            raise FileNotFoundError(f"{path}: {len(missing)} directories are missing")
        local.mkdir(parents=True, exist_ok=True)

    def _next_name(self) -> Path:
        """Choose the next file's name and increment the number."""
        s = self.settings
        self.full_name = format_name(s.template, s.path, s.name, s.number)
        if s.auto_increment:
            s.number += 1
        return self._local(self.full_name)

    # -- commands -----------------------------------------------------------
    def start_capture(self) -> bool:
        """Begin to capture; False with `write_error` set when it cannot."""
        with self._lock:
            if self.capturing:
                return True
            self.clear_error()
            try:
                self._begin()
            except (OSError, ValueError) as error:
                self._abandon(error)
            self.changed()
            return self.capturing

    def _begin(self) -> None:
        s = self.settings
        if s.mode is WriteMode.SINGLE:
            raise ValueError("capture is not supported in Single mode")
        if s.num_capture < (1 if s.mode is WriteMode.CAPTURE else 0):
            raise ValueError(f"cannot capture {s.num_capture} frames")
        self.num_captured = 0
        self._buffer.clear()
        if s.mode is WriteMode.STREAM:
            if self.frame is None and not s.lazy_open:
                raise ValueError("must collect an array to get dimensions first")
            self._ensure_directory()
            if not self.path_exists:
                raise FileNotFoundError(f"{s.path}: no such directory")
            # The name is chosen now, and FileNumber incremented, even if the
            # file is opened with the first frame: a client that starts a capture may
            # read at once which file it goes to.
            self._final = self._next_name()
            if self.frame is not None and not s.lazy_open:
                self._open(self.frame.data.shape)
        self.capturing = True

    def stop_capture(self) -> None:
        """End the capture and close the file."""
        with self._lock:
            self._finish()
        self.changed()

    def write_now(self) -> bool:
        """WriteFile: write the last frame (Single) or the captured ones (Capture)."""
        with self._lock:
            self.clear_error()
            mode = self.settings.mode
            frames = self._buffer
            if mode is WriteMode.SINGLE:
                frames = [self.frame] if self.frame is not None else []
            try:
                if mode is WriteMode.STREAM:
                    raise ValueError("WriteFile is not for Stream mode")
                if not frames:
                    raise ValueError("there is no array to write")
                self._write_all(frames)
            except (OSError, ValueError, RuntimeError) as error:
                self._abandon(error)
            self.changed()
            return not self.write_error

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until not capturing."""
        with self._idle:
            return self._idle.wait_for(lambda: not self.capturing, timeout)

    def close(self) -> None:
        """Close the open file and end the worker."""
        super().close()
        with self._lock:
            self._finish()

    # -- frames -------------------------------------------------------------
    def process(self, frames: list[Frame]) -> None:
        """Write, or keep, frames according to the mode."""
        s = self.settings
        try:
            if s.mode is WriteMode.STREAM:
                if self.capturing:
                    self._stream(frames)
                return
            for frame in frames:
                self._take(frame)
        except (OSError, ValueError, RuntimeError) as error:
            # h5py reports a full disk as OSError or RuntimeError.
            self._abandon(error)

    def _take(self, frame: Frame) -> None:
        s = self.settings
        if s.mode is WriteMode.SINGLE:
            if s.auto_save:
                self.clear_error()
                self._write_all([frame])
        elif self.capturing:
            self._buffer.append(frame)
            self.num_captured += 1
            if self.num_captured >= s.num_capture:
                if s.auto_save:
                    self._write_all(self._buffer)
                self._finish()

    def _stream(self, frames: list[Frame]) -> None:
        s = self.settings
        if s.num_capture:
            frames = frames[: s.num_capture - self.num_captured]
        if self._file is None:
            self._open(frames[0].data.shape)
        assert self._file is not None
        for frame in frames:
            if self._file.shape != frame.data.shape:
                raise ValueError(
                    f"the image is {frame.data.shape} now, the file's {self._file.shape}"
                )
        before = self.num_captured
        self._file.append(*frames)
        self.num_captured += len(frames)
        # A file that is flushed can be read before it is closed.
        every = s.flush_every
        if s.swmr or (every and self.num_captured // every > before // every):
            self._file.flush()
        if s.num_capture and self.num_captured >= s.num_capture:
            self._finish()

    def _write_all(self, frames: list[Frame]) -> None:
        self._ensure_directory()
        self._final = self._next_name()
        self._open(frames[0].data.shape)
        assert self._file is not None
        self._file.append(*frames)
        self._close_file()

    def _open(self, shape: tuple[int, ...]) -> None:
        s = self.settings
        assert self._final is not None
        height, width = shape
        path = self._final.with_name(self._final.name + s.temp_suffix)
        self._file = ImageFile(
            path,
            (height, width),
            compression=s.compression,
            chunk=s.chunk,
            swmr=s.swmr,
            attributes=s.store_attributes,
        )

    def _close_file(self) -> None:
        file = self._file
        if file is not None:
            file.close()
            self._file = None
            if self._final is not None and file.path != self._final:
                file.path.replace(self._final)

    def _finish(self) -> None:
        try:
            self._close_file()
        except (OSError, RuntimeError) as error:
            self._abandon(error)
        self.capturing = False
        self._idle.notify_all()

    # -- status -------------------------------------------------------------
    def clear_error(self) -> None:
        """Forget the last failure."""
        self.write_error, self.write_message = False, ""

    def _fail(self, error: Exception) -> None:
        self.write_error = True
        self.write_message = f"{type(error).__name__}: {error}"

    def _abandon(self, error: Exception) -> None:
        self._fail(error)
        file, self._file = self._file, None
        if file is not None:
            # The first error is the cause; errors of closing after it are noise.
            with contextlib.suppress(OSError, RuntimeError):
                file.abandon()
        self.capturing = False
        self._idle.notify_all()
