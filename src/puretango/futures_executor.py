"""The executor of futures mode, under PyTango's name."""

from puretango.client.green._futures_executor import (
    FuturesExecutor,
    _switch_global_executor_to_thread,
    get_global_executor,
    set_global_executor,
)

__all__ = [
    "FuturesExecutor",
    "_switch_global_executor_to_thread",
    "get_global_executor",
    "set_global_executor",
]
