"""The bodies of system exceptions."""

from __future__ import annotations

from puretango.errors import SystemException, system_exception
from puretango.giop._messages import Reply
from puretango.giop._octets import OctetReader, OctetWriter


def build_system_exception(error: SystemException, *, little: bool = True) -> bytes:
    """The reply body that carries ``error`` to a client."""
    writer = OctetWriter(little=little)
    writer.string(error.repo_id)
    writer.ulong(error.minor)
    writer.ulong(error.completed)
    return writer.getvalue()


def parse_system_exception(reply: Reply) -> SystemException:
    """The exception out of a reply with status SYSTEM_EXCEPTION."""
    reader = OctetReader(reply.data, little=reply.little, pos=reply.body_start)
    repo_id = reader.string()
    minor, completed = reader.ulong(), reader.ulong()
    return system_exception(repo_id, minor, completed)
