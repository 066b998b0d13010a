"""The executor of asyncio mode, under PyTango's name."""

from puretango.client.green._asyncio_executor import (
    AsyncioExecutor,
    _switch_global_executor_to_thread,
    get_global_executor,
    set_global_executor,
)

__all__ = [
    "AsyncioExecutor",
    "_switch_global_executor_to_thread",
    "get_global_executor",
    "set_global_executor",
]
