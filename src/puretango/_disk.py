"""A file as the HDF5 library writes it, on a disk that may be full; for detectors and their simulations."""

from __future__ import annotations

from pathlib import Path

__all__ = ["Disk"]


class Disk:
    """The file as HDF5 writes it, which can be declared broken.

    The HDF5 library cannot close a file whose last blocks find no room: it
    crashes the process later. A broken disk swallows them instead.
    """

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Open the file; with ``new``, FileExistsError if it exists."""
        self._raw = path.open("x+b" if new else "w+b", buffering=0)
        self.broken = False
        self.error: OSError | None = None

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def read(self, size: int = -1) -> bytes:
        return self._raw.read(size) or b""

    def readinto(self, buffer: bytearray | memoryview) -> int:
        return self._raw.readinto(buffer) or 0

    def write(self, data: bytes | memoryview) -> int:
        rest = memoryview(data)
        size = len(rest)
        try:
            while rest and not self.broken:
                rest = rest[self._raw.write(rest) or 0 :]
        except OSError as error:
            # Not raised here, in the middle of the library: `check` does.
            self.error, self.broken = error, True
        return size

    def check(self) -> None:
        """Raise the error of a failed write."""
        if self.error is not None:
            raise self.error

    def truncate(self, size: int) -> int:
        return size if self.broken else self._raw.truncate(size)

    def flush(self) -> None:
        """Do nothing: nothing is buffered here."""

    def close(self) -> None:
        self._raw.close()
