"""What the calls of a group share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.context._context import default_context
from puretango.client.database._database import database_at
from puretango.client.group._reply import GroupAttrReply
from puretango.client.names._environment import tango_host
from puretango.errors import DevFailed

if TYPE_CHECKING:
    from puretango.client.group._member import Member
    from puretango.values import DeviceAttribute

__all__ = ["as_list", "attribute_reply", "devices_of", "wrong_size"]


def as_list(outcome: tuple[Any, DevFailed | None]) -> tuple[Any, DevFailed | None]:
    attribute, failure = outcome
    return None if attribute is None else [attribute], failure


def attribute_reply(
    member: Member, name: str, attribute: DeviceAttribute | None, failure: DevFailed | None
) -> GroupAttrReply:
    if attribute is not None and attribute.has_failed:
        failure = DevFailed(*attribute.get_err_stack())
    return GroupAttrReply(member.name, name, attribute, failure, member.enabled)


def wrong_size(given: int, wanted: int) -> DevFailed:
    return DevFailed.make(
        "API_MethodArgument",
        f"the size of the input argument list must equal the number of device(s) in the group "
        f"[expected:{wanted} - got:{given}]",
        "Group",
    )


def devices_of(pattern: str) -> list[str]:
    """The devices that a pattern means: exported ones of the database if it has a ``*``."""
    if "*" not in pattern:
        return [pattern]
    database = database_at(default_context(), tango_host())
    return list(database.get_device_exported(pattern))
