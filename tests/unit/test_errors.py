"""The tree of exceptions, its texts, and PyTango's functions about it."""

from __future__ import annotations

import pickle
import sys

import pytest

from puretango import errors
from puretango.errors import DevError, DevFailed, ErrSeverity, Except


def failure() -> DevFailed:
    with pytest.raises(DevFailed) as caught:
        Except.throw_exception("R", "D", "O")
    return caught.value


def test_one_error() -> None:
    found = failure()
    assert found.args == (DevError("R", ErrSeverity.ERR, "D", "O"),)
    assert found.args[0].desc == "D"
    assert str(found) == (
        "DevFailed[\n    DevError[\n        desc = D\n        origin = O\n"
        "        reason = R\n        severity = ERR\n    ]\n]"
    )


def test_rethrow_adds_and_keeps_the_first_first() -> None:
    with pytest.raises(errors.ConnectionFailed) as caught:
        Except.re_throw_exception(errors.ConnectionFailed(*failure().args), "R2", "D2", "O2")
    assert [each.reason for each in caught.value.args] == ["R", "R2"]


def test_texts_as_in_pytango() -> None:
    error = DevError(desc="a\nb\n", origin="x\n  y")
    assert str(error) == (
        "DevError[\n    desc = a\n        b\n    origin = x\n          y\n"
        "    reason = \n    severity = WARN\n]"
    )
    assert str(DevFailed()) == "DevFailed[\n\n]"
    assert str(DevFailed("text")) == "DevFailed[\n    text\n]"
    assert repr(DevFailed("text")) == "DevFailed(args = ('text',))"
    assert f"{ErrSeverity.PANIC}" == "PANIC"


def test_python_exceptions_become_devfailed() -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        found = Except.to_dev_failed(*sys.exc_info())
    (error,) = found.args
    assert error.reason == "PyDs_PythonError"
    assert error.desc == "ZeroDivisionError: division by zero\n"
    assert error.origin.startswith("Traceback (most recent call last):\n")
    assert Except.to_dev_failed().args[0].reason == "PyDs_BadPythonException"


def test_print_and_compare(capsys: pytest.CaptureFixture[str]) -> None:
    Except.print_exception(failure())
    assert capsys.readouterr().out == (
        "Tango error stack\nSeverity = ERROR\nError reason = R\nDesc : D\nOrigin : O\n\n"
    )
    assert Except.compare_exception(failure(), failure())
    assert not Except.compare_exception(failure(), DevFailed())


def test_pickle() -> None:
    found = pickle.loads(pickle.dumps(failure()))
    assert found.args == failure().args


def test_system_exceptions() -> None:
    found = errors.system_exception("IDL:omg.org/CORBA/TRANSIENT:1.0", 2, 1, "no route")
    assert isinstance(found, errors.SYSTEM_EXCEPTIONS["IDL:omg.org/CORBA/TRANSIENT:1.0"])
    assert str(found) == "CORBA::TRANSIENT (minor 0x2, completed no): no route"
    unknown = errors.system_exception("IDL:vendor/Strange:1.0")
    assert type(unknown) is errors.SystemException
    assert unknown.repo_id == "IDL:vendor/Strange:1.0"


def test_the_tree() -> None:
    for name in errors.__all__:
        item = getattr(errors, name)
        if isinstance(item, type) and issubclass(item, Exception):
            assert issubclass(item, errors.PuretangoError)
