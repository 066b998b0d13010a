"""When a value has changed enough: integers of 64 bits are compared with all their digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from puretango.server.attribute._distance import difference
from puretango.server.publishing._criteria import _array_changed, _scalar_changed

ONE: tuple[float, float] = (1.0, 1.0)
NONE = (None, None)


@pytest.mark.parametrize(
    ("new", "old", "absolute", "relative", "changed"),
    [
        (2**60 + 1, 2**60, ONE, NONE, True),
        (2**60, 2**60 + 1, ONE, NONE, True),
        (2**63 + 1, 2**63, (2.0, 2.0), NONE, False),
        (-(2**63), 2**63 - 1, ONE, NONE, True),
        (2**60 + 1, 2**60, NONE, (1.0, 1.0), False),
        (np.float32(1.5), 1.0, ONE, NONE, False),
        (float("nan"), 1.0, ONE, NONE, True),
        (float("nan"), float("nan"), ONE, NONE, False),
        (float("inf"), 1.0, ONE, NONE, True),
        (True, False, ONE, NONE, True),
        (5, 0, NONE, (50.0, 50.0), True),
    ],
)
def test_scalars(new: Any, old: Any, absolute: Any, relative: Any, changed: bool) -> None:
    assert _scalar_changed(new, old, absolute, relative) is changed


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.int8, np.uint8, np.int32])
def test_arrays_of_integers(kind: type) -> None:
    limits = np.iinfo(kind)
    old = np.array([limits.min, limits.max, 5, 7], kind)
    for place, value in ((0, limits.min + 1), (1, limits.max - 1), (2, 6), (3, 6)):
        new = old.copy()
        new[place] = value
        assert _array_changed(new, old, ONE, NONE) is True
        assert _array_changed(new, old, (2.0, 2.0), NONE) is False
    far = difference(np.array([limits.max], kind), np.array([limits.min], kind))
    assert far[0] == float(limits.max - limits.min)
    assert difference(np.array([limits.min], kind), np.array([limits.max], kind))[0] == -far[0]


def test_arrays_of_floats() -> None:
    nan, inf = float("nan"), float("inf")
    assert _array_changed(np.array([1.0, nan]), np.array([1.0, nan]), ONE, NONE) is False
    assert _array_changed(np.array([1.0, nan]), np.array([1.0, 2.0]), ONE, NONE) is True
    assert _array_changed(np.array([inf]), np.array([inf]), ONE, NONE) is False
