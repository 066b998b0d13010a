"""The identity that a client sends to a server: its process, and the trace it belongs to."""

from __future__ import annotations

import os
from typing import Any

from puretango.client.session._trace import current_trace, traced
from puretango.idl import CppClntIdent_6, LockerLanguage, TraceContextVersion, TraceContextW3C

__all__ = ["client_identity"]


class _Identities:
    """The two forms of this process's identity, remade in a forked child."""

    pid = 0
    old: Any = None
    new: Any = None


def client_identity(idl_version: int) -> Any:
    """The identity that a device of this IDL version understands."""
    pid = os.getpid()
    if _Identities.pid != pid:
        trace = (TraceContextVersion.W3C_TC_V0, TraceContextW3C("", ""))
        _Identities.old = (LockerLanguage.CPP, pid)
        _Identities.new = (LockerLanguage.CPP_6, CppClntIdent_6(pid, trace))
        _Identities.pid = pid
    if idl_version < 6:
        return _Identities.old
    if traced:
        now = current_trace()
        if now.parent:
            headers = TraceContextW3C(now.parent, now.state)
            context = (TraceContextVersion.W3C_TC_V0, headers)
            return LockerLanguage.CPP_6, CppClntIdent_6(pid, context)
    return _Identities.new
