"""Runs in the child process: it provokes the classes of a module, and prints a line of JSON per finding."""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from puretango.lint.started._provoke import provoke
from puretango.model import device_classes, load_module

__all__ = ["MARK", "main"]

MARK = "puretango-provoked "


def _say(**what: Any) -> None:
    stream = sys.__stdout__
    if stream is not None:
        stream.write(MARK + json.dumps(what) + "\n")
        stream.flush()


def main(target: str, names: list[str]) -> None:
    """Provoke all classes of a module, or those with these names."""
    try:
        module = load_module(target)
        found = list(device_classes(module))
    except BaseException as error:  # noqa: BLE001 - a module may raise anything
        _say(unloaded=f"{type(error).__name__}: {error}".splitlines()[0])
        os._exit(0)
    threading.excepthook = lambda _: None
    for cls, device_class in found:
        if names and cls.__name__ not in names:
            continue
        if device_class is None and not hasattr(cls, "TangoClassClass"):
            continue
        _say(begins=cls.__name__)
        try:
            for rule, message, member in provoke(module, cls, device_class):
                _say(cls=cls.__name__, rule=rule, message=message, member=member)
        except BaseException as error:  # noqa: BLE001 - told, and the next class has its turn
            _say(failed=cls.__name__, why=f"{type(error).__name__}: {error}".splitlines()[0])
        _say(ends=cls.__name__)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
