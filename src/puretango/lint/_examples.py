"""Examples: a rule's short example as a complete module.

An example that begins with a class or an import is a module without its first imports; any other
is the body of a class; one that begins with ``#`` describes in words what source cannot show.
"""

from __future__ import annotations

import textwrap

__all__ = ["is_source", "module_of"]

_HEAD = '''"""An example of one of the lint's rules."""

import asyncio
import ctypes
import socket
import threading
import time

import numpy as np
from puretango import (
    AttrQuality, AttrWriteType, DevFailed, DeviceProxy, DevState, DispLevel, EventType, Except,
)
from puretango.server import (
    DebugIt, Device, LogAttributeMixin, attribute, class_property, command, device_property, pipe,
)

'''
_CLASS = '''
class PowerSupply(Device):
    """A power supply."""

'''


def is_source(example: str) -> bool:
    """True for an example that is Python."""
    return bool(example.strip()) and not example.startswith("#")


def module_of(example: str) -> str:
    """The complete module of an example."""
    lines = example.splitlines()
    whole = any(
        line.startswith(("class ", "import ", "from ", "def init_device(:")) for line in lines
    )
    if whole:
        return f"{_HEAD}\n{example.strip()}\n"
    return f"{_HEAD}{_CLASS}{textwrap.indent(example.strip(), '    ')}\n"
