"""How far numbers are apart."""

from __future__ import annotations

from typing import Any

import numpy as np


def difference(new: Any, old: Any) -> Any:
    """How far two arrays of one type are apart, as floats; between integers the difference is exact."""
    if new.dtype.kind not in "iu" or old.dtype != new.dtype:
        with np.errstate(invalid="ignore"):
            return new.astype(float) - old.astype(float)
    up = new >= old
    # Modulo 2**64, in which the distance of two 64-bit numbers is exact whatever their signs.
    first, second = new.astype(np.uint64), old.astype(np.uint64)
    distance = np.where(up, first - second, second - first).astype(float)
    return np.where(up, distance, -distance)
