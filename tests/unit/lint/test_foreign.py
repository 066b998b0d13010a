"""What the linter once told wrongly of programs that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango.lint import Settings, lint_paths

HEAD = (
    "import time\nimport tango\nfrom tango import AttrQuality, AttrWriteType\n"
    "from tango.server import Device, attribute, command\n"
)

RIGHT = {
    "a type that only the write method tells": (
        "TA004",
        (
            "class A(Device):\n"
            "    @attribute(access=AttrWriteType.READ_WRITE)\n"
            "    def number(self):\n        return 1\n"
            "    @number.write\n"
            "    def number(self, value: int):\n        pass\n"
        ),
    ),
    "sizes inside a hint of value, time and quality": (
        "TA017",
        (
            "class A(Device):\n"
            "    three: tuple[tuple[int, int, int], float, AttrQuality] = attribute()\n"
        ),
    ),
    "a description where a command has no argument": (
        "TC001",
        (
            "class A(Device):\n"
            "    @command(dtype_out=str, doc_in='Statistics of the evaluation')\n"
            "    def Statistics(self):\n        return ''\n"
        ),
    ),
    "Epydoc's docstrings": (
        "TC002",
        (
            "class A(Device):\n"
            "    @command\n"
            "    def Ramp(self, rate: int) -> int:\n"
            '        """Ramp.\n\n        @param rate: amperes in a second\n'
            '        @return: seconds that it takes\n        """\n'
            "        return rate\n"
        ),
    ),
    "a polled command that does nothing": (
        "TC401",
        (
            "class A(Device):\n"
            "    @command(polling_period=1000)\n"
            "    def Nothing(self):\n        pass\n"
        ),
    ),
    "a description given to __doc__": (
        "TD001",
        "class A(Device):\n    if True:\n        __doc__ = 'A supply'\n",
    ),
    "an empty list as the default of a list": (
        "TP002",
        (
            "class A(tango.Device_4Impl):\n    pass\n\n"
            "class AClass(tango.DeviceClass):\n"
            "    device_property_list = {'Names': [tango.DevVarStringArray, 'Names', []]}\n"
        ),
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_it_is_right(what: str, tmp_path: Path) -> None:
    rule, text = RIGHT[what]
    path = tmp_path / "device.py"
    path.write_text(HEAD + text)
    assert lint_paths([path], Settings(select=(rule,))).sorted() == []


def test_a_line_is_told_once_however_many_classes_inherit_it(tmp_path: Path) -> None:
    path = tmp_path / "device.py"
    path.write_text(
        HEAD
        + "class A(Device):\n    @attribute\n    def number(self) -> int:\n        return 1\n"
        + "class B(A):\n    pass\nclass C(A):\n    pass\n"
    )
    (found,) = lint_paths([path], Settings(select=("TA001",))).sorted()
    assert (found.place.line, found.subject) == (7, "A.number")


def test_a_setter_that_sleeps_is_no_read(tmp_path: Path) -> None:
    path = tmp_path / "device.py"
    path.write_text(
        HEAD
        + "class A(Device):\n    @attribute\n    def number(self) -> int:\n        return 1\n"
        + "    @number.setter\n    def number(self, value: int):\n        time.sleep(0.2)\n"
    )
    (found,) = lint_paths([path], Settings(select=("TT003",))).sorted()
    assert found.message == "number sleeps 0.2 s in a write or command"


def test_what_only_running_tells_of_a_property_is_judged_by_no_rule(tmp_path: Path) -> None:
    path = tmp_path / "device.py"
    path.write_text(
        HEAD
        + "class A(tango.Device_4Impl):\n    pass\n\n"
        + "class AClass(tango.DeviceClass):\n    device_property_list = {\n"
        + "        'Pause': [tango.DevLong, 'Pause [default: %d]' % int(DEFAULT * 1000), int(DEFAULT)],\n"
        + "        'Axis': [tango.DevLong, 'Axis', [INVALID]],\n    }\n"
    )
    assert lint_paths([path], Settings(select=("TP",), ignore=("TP011",))).sorted() == []
