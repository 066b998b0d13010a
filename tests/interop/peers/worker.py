"""A Python process with PyTango in it that runs what it is sent: the script of the client peer.

Pickled requests come by the standard input, pickled answers go out by what was the standard output.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import struct
import sys
import textwrap
import traceback
from pathlib import Path
from typing import Any


def error_text(error: BaseException) -> tuple[str, list[tuple[str, str, str, str]], str]:
    """Name, stack of DevErrors, text."""
    stack = [
        (str(one.reason), str(one.severity), str(one.desc), str(one.origin))
        for one in getattr(error, "args", ())
        if hasattr(one, "reason")
    ]
    return type(error).__name__, stack, "".join(traceback.format_exception(error))


def main() -> None:
    """Serve until the standard input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    faulthandler.enable()
    os.dup2(2, 1)  # what the code prints must not mix with the answers
    requests = sys.stdin.buffer
    sys.path.append(str(Path(__file__).resolve().parents[3]))  # this script is no module of it
    import numpy
    import tango

    from tests.interop.peers.operations import (
        admin_operations,
        database_operations,
        event_operations,
    )
    from tests.interop.peers.operations.operations import OPERATIONS
    from tests.interop.peers.plain import attempt, plain
    from tests.waiting import until

    space: dict[str, Any] = {
        "tango": tango, "np": numpy, "plain": plain, "attempt": attempt, "until": until, "OPERATIONS": OPERATIONS,
        "admin_operations": admin_operations,
        "database_operations": database_operations,
        "event_operations": event_operations,
    }  # fmt: skip
    while header := requests.read(4):
        code, arguments = pickle.loads(requests.read(*struct.unpack("<I", header)))
        try:
            source = f"def _run({', '.join(arguments)}):\n{textwrap.indent(textwrap.dedent(code), '    ')}"
            exec(compile(source, "<sent>", "exec"), space)
            answer: tuple[str, Any] = ("value", space["_run"](**arguments))
        except BaseException as error:
            answer = ("error", error_text(error))
        try:
            data = pickle.dumps(answer)
        except Exception:  # something of PyTango's own
            data = pickle.dumps(("value", plain(answer[1])))
        answers.write(struct.pack("<I", len(data)) + data)
        answers.flush()


if __name__ == "__main__":
    main()
