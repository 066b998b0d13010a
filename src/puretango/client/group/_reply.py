"""The replies of a group: one for each device, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from puretango.errors import DevError, DevFailed
from puretango.values import (
    DeviceAttribute,
    DeviceData,
    ExtractAs,
    StdVector,
    extracted_attribute,
)

__all__ = [
    "DeviceDataList",
    "GroupAttrReply",
    "GroupAttrReplyList",
    "GroupCmdReply",
    "GroupCmdReplyList",
    "GroupReply",
    "GroupReplyList",
]


class DeviceDataList(StdVector[DeviceData]):
    """A list of DeviceData: one argument for each device of a group."""


class GroupReply:
    """What one device of a group answered."""

    __slots__ = ("_device", "_enabled", "_errors", "_object")

    def __init__(
        self,
        device: str | GroupReply,
        name: str = "",
        failure: DevFailed | None = None,
        enabled: bool = True,
    ) -> None:
        if isinstance(device, GroupReply):
            for slot in GroupReply.__slots__:
                setattr(self, slot, getattr(device, slot))
            return
        self._device = device
        self._object = name
        self._enabled = enabled
        self._errors: tuple[DevError, ...] = tuple(failure.args) if failure is not None else ()

    def dev_name(self) -> str:
        """The device."""
        return self._device

    def obj_name(self) -> str:
        """The attribute or command."""
        return self._object

    def group_element_enabled(self) -> bool:
        """False if the device was left out of the call."""
        return self._enabled

    def has_failed(self) -> bool:
        """True if the device could not answer."""
        return bool(self._errors)

    def get_err_stack(self) -> tuple[DevError, ...]:
        """Why it could not."""
        return self._errors

    def _check(self) -> None:
        if self._errors:
            raise DevFailed(*self._errors)

    def _shown(self) -> str | None:
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __str__(self) -> str:
        lines = [
            f'dev_name = "{self._device}"',
            f'obj_name = "{self._object}"',
            f"enabled = {self._enabled}",
            f"has_failed = {self.has_failed()}",
        ]
        if self._enabled and self.has_failed():
            stack = ",\n".join(str(error) for error in self._errors)
            lines += ["err_stack = [", *(f"    {line}" for line in stack.split("\n")), "]"]
        elif self._enabled and (data := self._shown()) is not None:
            lines.append(f"data = {data}")
        text = "\n".join(lines).replace("\n", "\n    ")
        return f"{type(self).__name__}[\n    {text}\n]"


class GroupCmdReply(GroupReply):
    """What one device's command gave."""

    __slots__ = ("_data",)

    def __init__(
        self,
        device: str,
        name: str,
        data: DeviceData | None = None,
        failure: DevFailed | None = None,
        enabled: bool = True,
    ) -> None:
        super().__init__(device, name, failure, enabled)
        self._data = DeviceData() if data is None else data

    def get_data_raw(self) -> DeviceData:
        """The result as DeviceData."""
        self._check()
        return self._data

    def get_data(self) -> Any:
        """The result."""
        return self.get_data_raw().extract()

    def _shown(self) -> str:
        value = self.get_data()
        return f'"{value}"' if isinstance(value, str) else str(value)


class GroupAttrReply(GroupReply):
    """What one device's attribute gave."""

    __slots__ = ("_data",)

    def __init__(
        self,
        device: str,
        name: str,
        data: DeviceAttribute | None = None,
        failure: DevFailed | None = None,
        enabled: bool = True,
    ) -> None:
        super().__init__(device, name, failure, enabled)
        self._data = data

    def get_data(self, extract_as: ExtractAs = ExtractAs.Numpy) -> DeviceAttribute | None:
        """The attribute, its value in the form of ``extract_as``."""
        self._check()
        return None if self._data is None else extracted_attribute(self._data, extract_as)

    def _shown(self) -> str:
        return str(self.get_data())


G = TypeVar("G", bound=GroupReply)


class _Replies(list[G]):
    """A list of replies that can say whether any of them failed."""

    def has_failed(self) -> bool:
        """True if any device failed."""
        return any(reply.has_failed() for reply in self)

    def push_back(self, reply: G) -> None:
        """Append a reply."""
        self.append(reply)

    def reset(self) -> None:
        """Forget every reply."""
        self.clear()

    def __init__(self, replies: Iterable[G] = ()) -> None:
        super().__init__(replies)


class GroupReplyList(_Replies[GroupReply]):
    """The replies to a write."""


class GroupCmdReplyList(_Replies[GroupCmdReply]):
    """The replies to a command."""


class GroupAttrReplyList(_Replies[GroupAttrReply]):
    """The replies to a read."""
