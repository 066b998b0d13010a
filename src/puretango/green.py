"""Green modes, under PyTango's name."""

from puretango.client.green._executor import (
    AbstractExecutor,
    SynchronousExecutor,
    get_synchronous_executor,
)
from puretango.client.green._green import (
    get_executor,
    get_green_mode,
    get_object_executor,
    get_object_green_mode,
    green,
    green_callback,
    set_green_mode,
    switch_existing_global_executors_to_thread,
)

__all__ = [
    "AbstractExecutor",
    "SynchronousExecutor",
    "get_executor",
    "get_green_mode",
    "get_object_executor",
    "get_object_green_mode",
    "get_synchronous_executor",
    "green",
    "green_callback",
    "set_green_mode",
    "switch_existing_global_executors_to_thread",
]
