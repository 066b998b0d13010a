"""Values that an author puts into a polling ring."""

from __future__ import annotations

from typing import Any

from puretango.values import AttrQuality


class _Fixed:
    _initialized = False

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name not in self.__dict__:
            kind = type(self).__name__
            raise AttributeError(f"tango._tango.{kind} object has no attribute '{name}'")
        object.__setattr__(self, name, value)


class TimedAttrData(_Fixed):
    """One record of an attribute: value, quality, set value, or an error; and the time."""

    def __init__(
        self,
        value: Any = None,
        quality: AttrQuality = AttrQuality.ATTR_VALID,
        w_value: Any = None,
        error: Any = None,
        time_stamp: float | None = None,
    ) -> None:
        self.value = value
        self.quality = quality
        self.w_value = w_value
        self.error = error
        self.time_stamp = time_stamp
        self._initialized = True


class TimedCmdData(_Fixed):
    """One record of a command: its result, or an error; and the time."""

    def __init__(
        self, value: Any = None, error: Any = None, time_stamp: float | None = None
    ) -> None:
        self.value = value
        self.error = error
        self.time_stamp = time_stamp
        self._initialized = True
