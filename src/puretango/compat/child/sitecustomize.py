"""Run by Python at the start of a process whose parent runs on ``puretango.compat``.

A process that cannot import puretango (another environment's Python) is left alone.
"""

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec

_here = os.path.dirname(os.path.abspath(__file__))


def _hand_on() -> None:
    """Run the sitecustomize that this one hides, if there is one."""
    places = [place for place in sys.path if os.path.abspath(place or ".") != _here]
    spec = PathFinder.find_spec("sitecustomize", places)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if os.environ.get("PURETANGO_COMPAT") == "1" and find_spec("puretango") is not None:
    from puretango.compat import install

    install()
_hand_on()
