"""Running the server's coroutines without a loop."""

from __future__ import annotations

from typing import Any


def drive(core: Any) -> Any:
    """Run a coroutine that never really waits: those of synchronous devices.

    The dispatch logic is written once, as coroutines; where all that they call is synchronous,
    one step takes them to their end.
    """
    try:
        core.send(None)
    except StopIteration as done:
        return done.value
    core.close()
    raise RuntimeError("a synchronous device cannot wait for a coroutine")
