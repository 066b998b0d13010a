"""The hooks that the author of a device may write, in the order in which they are called."""

from __future__ import annotations

HOOKS = ("always_executed_hook", "read_attr_hardware", "write_attr_hardware")
