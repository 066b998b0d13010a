"""Import in a child process: a module may raise, print, hang or take the process down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

from puretango.model._classmodel import ClassModel
from puretango.model._plain import model_from_plain

__all__ = ["ChildFailed", "import_models", "run_child"]

_MARK = "puretango-model "
_MAX_ANSWER = 20_000_000


class ChildFailed(RuntimeError):
    """The child could not do it; the text is one sentence for people."""


def run_child(
    arguments: list[str], mark: str, timeout: float, environment: dict[str, str] | None = None
) -> Any:
    """Run Python with these arguments; the JSON of the line that begins with the mark.

    ``timeout`` is in seconds: the child and all that it started are killed then. Raises
    ChildFailed.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
        text=True,
        errors="replace",
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"did not end within {timeout:g} s") from None
    finally:
        _kill(process)
    for line in output[-_MAX_ANSWER:].splitlines():
        if line.startswith(mark):
            return json.loads(line[len(mark) :])
    code = process.returncode
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    raise ChildFailed(f"the process {how} and gave no answer")


def _kill(process: subprocess.Popen[str]) -> None:
    """End the child and its own children; nothing is left behind."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def import_models(target: str, timeout: float = 20.0) -> list[ClassModel]:
    """The models of the classes that a file or module defines, imported in a child process.

    PyTango programs run on puretango there. Raises ChildFailed: it raised, hung, or died.
    """
    answer = run_child(
        ["-m", "puretango.compat", "-m", "puretango.model._childimport", target], _MARK, timeout
    )
    if "error" in answer:
        raise ChildFailed(str(answer["error"]))
    return [model_from_plain(one) for one in answer["models"]]
