"""Group: many devices called as one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._attributes import several_names
from puretango.client.group._helpers import as_list, attribute_reply, devices_of, wrong_size
from puretango.client.group._member import Finished, Member, Started, matches
from puretango.client.group._reply import (
    DeviceDataList,
    GroupAttrReplyList,
    GroupCmdReply,
    GroupCmdReplyList,
    GroupReply,
    GroupReplyList,
)
from puretango.client.group._together import (
    CommandOfAll,
    ReadOfAll,
    WriteOfAll,
    call_together,
)
from puretango.errors import AsynCall, DevError, DevFailed, ErrSeverity
from puretango.values import AttributeInfo, ExtractAs, StdStringVector, Subclassed

if TYPE_CHECKING:
    from puretango.client.proxy._device_proxy import DeviceProxy

__all__ = ["Group"]


class Group(Subclassed):
    """A named tree of devices and subgroups; calls go to every enabled device at once."""

    def __init__(self, name: str | Group) -> None:
        self._name = name.get_name() if isinstance(name, Group) else name
        self._members: list[Member | Group] = []
        self._parent: Group | None = None
        self._enabled = True
        self._numbers = itertools.count(1)
        self._started: dict[int, tuple[str, list[Started | Finished]]] = {}
        if isinstance(name, Group):
            self._members = list(name._members)

    # --------------------------------------------------------------------- members

    def add(self, pattern_subgroup: str | Sequence[str] | Group, timeout_ms: int = -1) -> None:
        """Add devices by name or pattern, or a subgroup."""
        if isinstance(pattern_subgroup, Group):
            self._add_group(pattern_subgroup)
            return
        patterns = [pattern_subgroup] if isinstance(pattern_subgroup, str) else pattern_subgroup
        for pattern in patterns:
            for name in devices_of(pattern):
                member = Member(name, timeout_ms)
                if not self._has(member.name):
                    self._members.append(member)

    def _add_group(self, group: Group) -> None:
        if group is self or self.get_group(group._name) is not None:
            raise DevFailed.make(
                "API_MethodArgument",
                f"Failed to add group {group._name} to {self._name}: it is there already",
                "Group::add",
            )
        group._parent = self
        self._members.append(group)

    def _has(self, name: str) -> bool:
        return any(
            isinstance(member, Member) and member.name.lower() == name.lower()
            for member in self._members
        )

    def _matching(self, member: Member | Group, pattern: str) -> bool:
        own = member._name if isinstance(member, Group) else member.name
        return matches(own, pattern)

    def remove(self, patterns: str | Sequence[str], forward: bool = True) -> None:
        """Remove the members that fit, in subgroups too."""
        wanted = [patterns] if isinstance(patterns, str) else list(patterns)
        for pattern in wanted:
            kept = []
            for member in self._members:
                if self._matching(member, pattern):
                    if isinstance(member, Group):
                        member._parent = None
                    continue
                if forward and isinstance(member, Group):
                    member.remove(pattern)
                kept.append(member)
            self._members = kept

    def remove_all(self) -> None:
        """Remove every member."""
        self._members = []

    def contains(self, pattern: str, forward: bool = True) -> bool:
        """True if a member fits the pattern."""
        return any(
            self._matching(member, pattern)
            or (forward and isinstance(member, Group) and member.contains(pattern))
            for member in self._members
        )

    def get_device(self, name_or_index: str | int) -> DeviceProxy:
        """The proxy of a device, by name or by number from 1; KeyError if there is none."""
        devices = list(self._devices(True))
        if isinstance(name_or_index, int):
            if not 1 <= name_or_index <= len(devices):
                raise KeyError(f"No device number {name_or_index} in group {self._name}")
            return devices[name_or_index - 1].proxy()
        for member in devices:
            if matches(member.name, name_or_index):
                return member.proxy()
        raise KeyError(f"No device {name_or_index} in group {self._name}")

    def get_group(self, group_name: str) -> Group | None:
        """A subgroup at any depth, by name or full name; None if there is none."""
        for member in self._members:
            if not isinstance(member, Group):
                continue
            wanted = group_name.lower()
            if wanted in (member._name.lower(), member.get_fully_qualified_name().lower()):
                return member
            found = member.get_group(group_name)
            if found is not None:
                return found
        return None

    def get_device_list(self, forward: bool = True) -> StdStringVector:
        """The names of the devices, those of subgroups too."""
        return StdStringVector(member.name for member in self._devices(forward))

    def get_size(self, forward: bool = True) -> int:
        """How many devices there are, those of subgroups too."""
        return sum(1 for _ in self._devices(forward))

    def _devices(self, forward: bool) -> Iterator[Member]:
        for member in self._members:
            if isinstance(member, Member):
                yield member
            elif forward and member._enabled:
                yield from member._devices(True)

    # ---------------------------------------------------------------- names, states

    def get_name(self) -> str:
        """The group's name."""
        return self._name

    def get_fully_qualified_name(self) -> str:
        """The group's name after those of the groups that it is in, joined with dots."""
        if self._parent is None:
            return self._name
        return f"{self._parent.get_fully_qualified_name()}.{self._name}"

    def name_equals(self, name: str) -> bool:
        """True if that is the group's name."""
        return self._name.lower() == name.lower()

    def name_matches(self, name: str) -> bool:
        """True if the group's name fits the pattern ``name``."""
        return matches(self._name, name)

    def enable(self, dev_name: str, forward: bool = True) -> None:
        """Let a member take part in calls again."""
        self._set_enabled(dev_name, True, forward)

    def disable(self, dev_name: str, forward: bool = True) -> None:
        """Leave a member out of calls."""
        self._set_enabled(dev_name, False, forward)

    def _set_enabled(self, name: str, enabled: bool, forward: bool) -> None:
        for member in self._members:
            if self._matching(member, name):
                if isinstance(member, Group):
                    member._enabled = enabled
                else:
                    member.enabled = enabled
            elif forward and isinstance(member, Group):
                member._set_enabled(name, enabled, True)

    def is_enabled(self, device_name: str, forward: bool = True) -> bool:
        """True if a member takes part in calls."""
        for member in self._members:
            if self._matching(member, device_name):
                return member._enabled if isinstance(member, Group) else member.enabled
            if forward and isinstance(member, Group) and member.contains(device_name):
                return member.is_enabled(device_name)
        return False

    def ping(self, forward: bool = True) -> bool:
        """True if every device answers."""
        for member in self._devices(forward):
            try:
                member.proxy().ping()
            except DevFailed:
                return False
        return True

    def set_timeout_millis(self, timeout_ms: int) -> None:
        """Set how many milliseconds a call of a device may take."""
        for member in self._devices(True):
            member.set_timeout(timeout_ms)

    # ----------------------------------------------------------------------- calls

    def _keep(self, kind: str, started: Sequence[Started | Finished]) -> int:
        number = next(self._numbers)
        self._started[number] = (kind, list(started))
        return number

    def _take(self, number: int, kind: str) -> list[Started | Finished]:
        found = self._started.get(number)
        if found is None or found[0] != kind:
            raise AsynCall(
                DevError(
                    "API_BadAsynPollId",
                    ErrSeverity.ERR,
                    f"Invalid asynch. {kind} request identifier {number} specified",
                    f"Group::{kind}_reply",
                )
            )
        del self._started[number]
        return found[1]

    def command_inout_asynch(
        self,
        cmd_name: str,
        param: Any = None,
        forward: bool = True,
        *,
        forget: bool = False,
    ) -> int:
        """Start a command on every device; a DeviceDataList has an argument for each."""
        members, arguments = self._arguments(param, forward)
        started = [
            member.start("command_inout_asynch", cmd_name, argument, forget)
            for member, argument in zip(members, arguments, strict=True)
        ]
        return self._keep(f"command {cmd_name}", started)

    def command_inout_reply(self, req_id: int, timeout_ms: int = 0) -> GroupCmdReplyList:
        """The replies to a command started before."""
        kind = self._started.get(req_id, ("command", []))[0]
        replies = GroupCmdReplyList()
        for started in self._take(req_id, kind):
            data, failure = started.finish("command_inout_reply_raw", timeout_ms)
            name = kind.partition(" ")[2]
            member = started.member
            replies.append(GroupCmdReply(member.name, name, data, failure, member.enabled))
        return replies

    def command_inout(
        self, cmd_name: str, param: Any = None, forward: bool = True
    ) -> GroupCmdReplyList:
        """Run a command on every device."""
        members, arguments = self._arguments(param, forward)
        done = call_together(members, arguments, CommandOfAll(cmd_name))
        started = [
            Finished(member, *done[place])
            if place in done
            else member.start("command_inout_asynch", cmd_name, argument, False)
            for place, (member, argument) in enumerate(zip(members, arguments, strict=True))
        ]
        return self.command_inout_reply(self._keep(f"command {cmd_name}", started))

    def _arguments(self, param: Any, forward: bool) -> tuple[list[Member], list[Any]]:
        """The members, and the argument of each."""
        return self._values(param, forward, isinstance(param, DeviceDataList))

    def read_attributes_asynch(self, attr_names: Sequence[str], forward: bool = True) -> int:
        """Start to read attributes of every device."""
        names = several_names(attr_names)
        started = [
            member.start("read_attributes_asynch", names) for member in self._devices(forward)
        ]
        return self._keep("read " + "\n".join(names), started)

    def read_attributes_reply(self, req_id: int, timeout_ms: int = 0) -> GroupAttrReplyList:
        """The replies to a reading started before: device after device."""
        kind = self._started.get(req_id, ("read", []))[0]
        names = kind.removeprefix("read ").split("\n")
        replies = GroupAttrReplyList()
        for started in self._take(req_id, kind):
            found, failure = started.finish("read_attributes_reply", timeout_ms, ExtractAs.Nothing)
            for index, name in enumerate(names):
                attribute = None if found is None else found[index]
                replies.append(attribute_reply(started.member, name, attribute, failure))
        return replies

    def read_attribute_asynch(self, attr_name: str, forward: bool = True) -> int:
        """Start to read an attribute of every device."""
        return self.read_attributes_asynch([attr_name], forward)

    def read_attribute_reply(self, req_id: int, timeout_ms: int = 0) -> GroupAttrReplyList:
        """The replies to a reading started before."""
        return self.read_attributes_reply(req_id, timeout_ms)

    def read_attribute(self, attr_name: str, forward: bool = True) -> GroupAttrReplyList:
        """Read an attribute of every device."""
        members = list(self._devices(forward))
        done = call_together(members, [None] * len(members), ReadOfAll(attr_name))
        started = [
            Finished(member, *as_list(done[place]))
            if place in done
            else member.start("read_attributes_asynch", [attr_name])
            for place, member in enumerate(members)
        ]
        return self.read_attributes_reply(self._keep(f"read {attr_name}", started))

    def read_attributes(
        self, attr_names: Sequence[str], forward: bool = True
    ) -> GroupAttrReplyList:
        """Read attributes of every device."""
        return self.read_attributes_reply(self.read_attributes_asynch(attr_names, forward))

    def write_attribute_asynch(
        self, attr_name: Any, value: Any, forward: bool = True, multi: bool = False
    ) -> int:
        """Start to write an attribute of every device; with ``multi`` a value for each."""
        members, values = self._values(value, forward, multi)
        started = [
            member.start("write_attribute_asynch", attr_name, each)
            for member, each in zip(members, values, strict=True)
        ]
        name = attr_name.name if isinstance(attr_name, AttributeInfo) else attr_name
        return self._keep(f"write {name}", started)

    def write_attribute_reply(self, req_id: int, timeout_ms: int = 0) -> GroupReplyList:
        """The replies to a writing started before."""
        kind = self._started.get(req_id, ("write", []))[0]
        replies = GroupReplyList()
        for started in self._take(req_id, kind):
            _, failure = started.finish("write_attribute_reply", timeout_ms)
            member = started.member
            name = kind.partition(" ")[2]
            replies.append(GroupReply(member.name, name, failure, member.enabled))
        return replies

    def write_attribute(
        self, attr_name: Any, value: Any, forward: bool = True, multi: bool = False
    ) -> GroupReplyList:
        """Write an attribute of every device."""
        members, values = self._values(value, forward, multi)
        done = {}
        if isinstance(attr_name, str):
            done = call_together(members, values, WriteOfAll(attr_name))
        started = [
            Finished(member, *done[place])
            if place in done
            else member.start("write_attribute_asynch", attr_name, each)
            for place, (member, each) in enumerate(zip(members, values, strict=True))
        ]
        name = attr_name.name if isinstance(attr_name, AttributeInfo) else attr_name
        return self.write_attribute_reply(self._keep(f"write {name}", started))

    def _values(self, value: Any, forward: bool, multi: bool) -> tuple[list[Member], list[Any]]:
        """The members, and the value for each."""
        members = list(self._devices(forward))
        if not multi:
            return members, [value] * len(members)
        if len(value) != len(members):
            raise wrong_size(len(value), len(members))
        return members, list(value)

    # ------------------------------------------------------------------- container

    def __contains__(self, pattern: str) -> bool:
        return self.contains(pattern)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(len(self)))]
        if isinstance(key, int):
            return self.get_device(key + 1 if key >= 0 else len(self) + key + 1)
        if isinstance(key, str):
            found = self.get_group(key)
            return self.get_device(key) if found is None else found
        return [self[each] for each in key]

    def __delitem__(self, key: Any) -> None:
        for each in [key] if isinstance(key, str) else key:
            self.remove(each)

    def __len__(self) -> int:
        return self.get_size()

    def __repr__(self) -> str:
        return f"Group({self._name})"
