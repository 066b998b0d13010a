"""The executor of gevent mode, under PyTango's name."""

from puretango.client.green._gevent_executor import (
    GeventExecutor,
    _switch_global_executor_to_thread,
    get_global_executor,
    set_global_executor,
)

__all__ = [
    "GeventExecutor",
    "_switch_global_executor_to_thread",
    "get_global_executor",
    "set_global_executor",
]
