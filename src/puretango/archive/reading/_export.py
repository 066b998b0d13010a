"""Exporting samples: CSV, Parquet (pyarrow), HDF5 (h5py)."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.sample import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from puretango.archive.sample import Series

__all__ = ["export", "write_csv"]

_HEAD = ("time", "received", "quality", "value", "set_value", "attribute", "type")


def export(found: list[Series], path: Path | str) -> int:
    """Write samples to a file in the format of its suffix: ``.csv``, ``.parquet``, ``.h5`` or ``.hdf5``.

    Returns:
        How many samples were written.

    Raises:
        ArchiveError: The suffix is another one, or the library for it is not installed.
        OSError: The file cannot be written.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            return write_csv(found, file)
    try:
        if kind == ".parquet":
            return _write_parquet(found, path)
        if kind in {".h5", ".hdf5"}:
            return _write_hdf5(found, path)
    except ImportError as error:
        raise ArchiveError(f"{kind} needs {error.name}: pip install {error.name}") from error
    raise ArchiveError(f"{path.name}: export writes .csv, .parquet, .h5 and .hdf5")


def _rows(found: Iterable[Series]) -> Iterable[tuple[Any, ...]]:
    for series in found:
        received = [0] * len(series) if series.received is None else series.received.tolist()
        quality = [0] * len(series) if series.quality is None else series.quality.tolist()
        columns = (series.time.tolist(), received, quality)
        values = (series.values_or_none(), series.set_values_or_none())
        for row in zip(*columns, *values):
            yield (*row, series.name, str(series.kind))


def _instant(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{rest // 1000:06d}Z"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, bool, int, float)):
        return repr(value) if isinstance(value, float) else str(value)
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def write_csv(found: Iterable[Series], file: TextIO) -> int:
    """Samples as CSV with a header; times as ISO in UTC, arrays as JSON, bytes as hexadecimal digits."""
    writer = csv.writer(file)
    writer.writerow(_HEAD)
    count = 0
    for time, received, quality, value, set_value, name, kind in _rows(found):
        told = (_instant(time), _instant(received), quality, _text(value), _text(set_value))
        writer.writerow((*told, name, kind))
        count += 1
    return count


def _write_parquet(found: list[Series], path: Path) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    if len({series.kind for series in found}) > 1:
        raise ArchiveError("the attribute's type has changed: export each time by itself")
    rows = list(zip(*_rows(found))) or [()] * len(_HEAD)
    instant = pa.timestamp("ns", tz="UTC")
    columns = {
        "time": pa.array(rows[0], instant),
        "received": pa.array(rows[1], instant),
        "quality": pa.array(rows[2], pa.uint8()),
        "value": pa.array([_listed(value) for value in rows[3]]),
        "set_value": pa.array([_listed(value) for value in rows[4]]),
    }
    kind = str(found[0].kind) if found else ""
    name = found[0].name if found else ""
    table = pa.table(columns).replace_schema_metadata({"attribute": name, "type": kind})
    parquet.write_table(table, path)
    return len(rows[0])


def _listed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return [_listed(item) for item in value]
    return value


def _write_hdf5(found: list[Series], path: Path) -> int:
    import h5py

    with h5py.File(path, "w") as file:
        for number, series in enumerate(found):
            group = file.create_group(f"{number}")
            group.attrs["attribute"] = series.name
            group.attrs["type"] = str(series.kind)
            group["time"] = series.time
            group["valid"] = series.valid
            if series.received is not None:
                group["received"] = series.received
            if series.quality is not None:
                group["quality"] = series.quality
            _put(group, "value", series.value)
            if series.set_value is not None:
                _put(group, "set_value", series.set_value)
                group["set_valid"] = series.set_valid
    return sum(map(len, found))


def _put(group: Any, name: str, column: Any) -> None:
    """Write numbers, and arrays of one shape, as an array; everything else as a text per sample."""
    import h5py

    if isinstance(column, np.ndarray):
        group[name] = column
        return
    shapes = {value.shape for value in column if isinstance(value, np.ndarray)}
    if len(shapes) == 1 and all(isinstance(value, np.ndarray) for value in column):
        group[name] = np.stack(column)
        return
    group.create_dataset(name, data=[_text(value) for value in column], dtype=h5py.string_dtype())
