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

__all__ = ["ChildFailed", "child_answers", "import_models", "run_child"]

_MARK = "puretango-model "
_MAX_ANSWER = 20_000_000


class ChildFailed(RuntimeError):
    """The child failed; the text is one sentence for people."""


def run_child(
    arguments: list[str], mark: str, timeout: float, environment: dict[str, str] | None = None
) -> Any:
    """Run Python with these arguments; the JSON of the line that begins with the mark.

    After ``timeout`` seconds the child and all processes that it started are killed. Raises
    ChildFailed.
    """
    answers, how = child_answers(arguments, mark, timeout, environment)
    if answers:
        return answers[0]
    raise ChildFailed(how or "gave no answer")


def child_answers(
    arguments: list[str], mark: str, timeout: float, environment: dict[str, str] | None = None
) -> tuple[list[Any], str]:
    """All lines that begin with the mark, as JSON; and the error, empty if there was none.

    If the child has to be killed, its output until then is kept.
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
    how = ""
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        how = f"did not end within {timeout:g} s"
        _kill_group(process)
        output, _ = process.communicate()
    finally:
        _kill(process)
    answers = [
        json.loads(line[len(mark) :])
        for line in output[-_MAX_ANSWER:].splitlines()
        if line.startswith(mark)
    ]
    code = process.returncode
    if not how and code:
        ended = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        how = f"the process {ended}"
    return answers, how


def _kill_group(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _kill(process: subprocess.Popen[str]) -> None:
    """End the child and its own children; nothing is left behind."""
    _kill_group(process)
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
