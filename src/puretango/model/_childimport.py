"""Runs in the child process: it imports a module and prints the models of its classes as JSON."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import os
import sys
from pathlib import Path
from types import ModuleType

from puretango.model._imported import device_classes, model_of_class
from puretango.model._plain import model_to_plain

__all__ = ["MARK", "load_module", "main"]

MARK = "puretango-model "
"""Marks the line with the answer, since a module may print whatever it likes."""


def load_module(target: str) -> ModuleType:
    """Import a file or a module by name; raises whatever it raises."""
    path = Path(target)
    if path.suffix != ".py":
        sys.path.insert(0, os.getcwd())
        return importlib.import_module(target)
    folder = path.resolve().parent
    parts = [path.stem]
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    sys.path.insert(0, str(folder))
    if len(parts) > 1:
        return importlib.import_module(".".join(parts).removesuffix(".__init__"))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{target} is not a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main(target: str) -> None:
    """Print one line: the models, or the error in one sentence."""
    answer: dict[str, object]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            module = load_module(target)
            models = [
                model_to_plain(model_of_class(cls, low))
                for cls, low in device_classes(module)
                if low is not None or hasattr(cls, "TangoClassClass")
            ]
        answer = {"models": models}
    except BaseException as error:  # noqa: BLE001 - a module may raise anything, SystemExit too
        answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    sys.__stdout__.write(MARK + json.dumps(answer) + "\n")  # type: ignore[union-attr]  # a process of ours has a standard output
    sys.__stdout__.flush()  # type: ignore[union-attr]  # a process of ours has a standard output
    os._exit(0)  # threads that the module started end with the process


if __name__ == "__main__":
    main(sys.argv[1])
