"""The values that TangoTest shows: generated on demand, as if a thread refreshed them.

C++ TangoTest has a thread that computes every value each ``Sleep_period``: 1.3 million
numbers and 63 thousand strings, whether they are read or not. Here a period passes by
itself and a value is computed when it is read for the first time in its period, from the
settings as they were when the period began. A client cannot tell the difference.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

#: Length of every generated spectrum, and the side of every generated image.
SPECTRUM = 256
IMAGE = 251
#: Exclusive upper bound of the random array elements.
RANDOM_LIMIT = 256
#: One degree, with the five digits of pi that TangoTest has always used.
DEGREE = 3.14159 / 180.0
_RAND_MAX = 2**31 - 1

#: The settings that the generated values depend on, as they are after Init.
DEFAULT_SETTINGS: dict[str, float] = {
    "ampli": 1.0,
    "double_scalar": 256.0,
    "double_scalar_w": 256.0,
    "float_scalar": 0.0,
    "long64_scalar": 256,
    "long_scalar": 256,
    "long_scalar_w": 256,
    "short_scalar": 256,
    "short_scalar_w": 256,
    "uchar_scalar": 0,
    "ulong64_scalar": 256,
    "ulong_scalar": 256,
    "ushort_scalar": 0,
}

#: Random scalars: attribute -> the setting that is their exclusive upper bound. The 64 bit
#: ones follow the 32 bit settings, as in C++.
_RANDOM_SCALARS = {
    "float_scalar": "float_scalar",
    "long64_scalar": "long_scalar",
    "long_scalar": "long_scalar",
    "long_scalar_rww": "long_scalar_w",
    "short_scalar": "short_scalar",
    "short_scalar_ro": "short_scalar",
    "short_scalar_rww": "short_scalar_w",
    "uchar_scalar": "uchar_scalar",
    "ulong64_scalar": "ulong_scalar",
    "ulong_scalar": "ulong_scalar",
    "ushort_scalar": "ushort_scalar",
}
_SINE_SCALARS = {"double_scalar": "double_scalar", "double_scalar_rww": "double_scalar_w"}

#: numpy's element type for the first word of an attribute's name.
DTYPES: dict[str, type[np.generic]] = {
    "boolean": np.bool_,
    "short": np.int16,
    "long": np.int32,
    "ulong": np.uint32,
    "long64": np.int64,
    "ulong64": np.uint64,
    "double": np.float64,
    "ushort": np.uint16,
    "uchar": np.uint8,
    "float": np.float32,
}


class Generator:
    """All values that change by themselves in one TangoTest device."""

    def __init__(
        self,
        period: float,
        ushort_image_side: int = IMAGE,
        *,
        ticks: int = 0,
        free_running: bool = True,
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        self.settings = dict(DEFAULT_SETTINGS)
        self.ticks = ticks
        self._settled = dict(self.settings)
        self._side = ushort_image_side
        self._period = max(period, 0.001)
        self._clock = clock
        self._random = np.random.default_rng(seed)
        self._values: dict[str, Any] = {}
        self._free_running = free_running
        self._next = clock() + self._period if free_running else math.inf

    def value(self, name: str) -> Any:
        """The value of a generated attribute in the present period."""
        if self._clock() >= self._next:
            self._catch_up()
        try:
            return self._values[name]
        except KeyError:
            made = self._values[name] = self._make(name)
            return made

    def set(self, name: str, value: float) -> None:
        """Change a setting: it takes effect in the next period."""
        if self._clock() >= self._next:
            self._catch_up()
        self.settings[name] = value

    def advance(self) -> None:
        """Begin a new period now, as each read does without the free-running generator."""
        self._begin(1)

    def _catch_up(self) -> None:
        passed = 1 + int((self._clock() - self._next) / self._period)
        self._next += passed * self._period
        self._begin(passed)

    def _begin(self, passed: int) -> None:
        self.ticks += passed
        self._settled = dict(self.settings)
        self._values.clear()

    def _make(self, name: str) -> Any:
        if name in _SINE_SCALARS:
            return self._settled[_SINE_SCALARS[name]] * math.sin(DEGREE * (self.ticks % 360))
        if name in _RANDOM_SCALARS:
            return self._below(self._settled[_RANDOM_SCALARS[name]])
        if name == "wave":
            return self._wave()
        kind, shape, _ = name.split("_")
        if shape == "spectrum":
            return self._spectrum(kind)
        return self._image(kind)

    def _below(self, limit: float) -> int:
        """A random number under ``limit`` taken as a C int; 0 where that leaves no choice."""
        if not limit > 1:
            return 0
        # A number that a C int cannot hold becomes the least int, whose magnitude no random number reaches.
        if limit > 2**32 - 1:
            return int(self._random.integers(_RAND_MAX))
        bound = int(limit)
        # An unsigned limit over 2**31 turns negative in C; % takes its magnitude.
        bound = abs(bound - 2**32) if bound > _RAND_MAX else bound
        return int(self._random.integers(_RAND_MAX)) % bound

    def _wave(self) -> npt.NDArray[np.float64]:
        phase, ampli = self.ticks % 360, self._settled["ampli"]
        return np.array([ampli * math.sin(DEGREE * (i + phase)) for i in range(SPECTRUM)])

    def _spectrum(self, kind: str) -> Any:
        if kind == "boolean":
            return self._random.integers(2, size=SPECTRUM).astype(np.bool_)
        numbers = self._random.integers(RANDOM_LIMIT, size=SPECTRUM)
        if kind == "string":
            return [f"[{i:02d}]::hello-world-{n:04d}" for i, n in enumerate(numbers.tolist())]
        return numbers.astype(DTYPES[kind])

    def _image(self, kind: str) -> Any:
        if kind == "boolean":
            return self._random.integers(2, size=(IMAGE, IMAGE)).astype(np.bool_)
        if kind == "string":
            rows = self._random.integers(RANDOM_LIMIT, size=(IMAGE, IMAGE)).tolist()
            return [
                [f"[{i:02d}][{j:02d}]::hello world::{n:04d}" for i, n in enumerate(row)]
                for j, row in enumerate(rows)
            ]
        if kind in ("uchar", "ushort"):
            side = self._side if kind == "ushort" else IMAGE
            return self._random.integers(RANDOM_LIMIT, size=(side, side)).astype(DTYPES[kind])
        return self._beam().astype(DTYPES[kind])

    def _beam(self) -> npt.NDArray[np.int64]:
        """A cone of light near the centre, its place and its width a little different each time."""
        shift = int(IMAGE * 0.05)
        middle = (IMAGE - 1) // 2
        x0 = middle + self._jitter(shift)
        y0 = middle + self._jitter(shift)
        limit = IMAGE // 8 + self._jitter(int(IMAGE // 8 * 0.2))
        offsets = np.arange(-limit, limit)
        distance = np.hypot(offsets[:, None], offsets[None, :]).astype(np.int64)
        image = np.zeros((IMAGE, IMAGE), dtype=np.int64)
        cone = np.where(distance < limit, limit - distance, 0)
        image[x0 - limit : x0 + limit, y0 - limit : y0 + limit] = cone
        return image

    def _jitter(self, limit: int) -> int:
        return int(self._random.integers(limit)) * (1 if self._random.integers(2) else -1)
