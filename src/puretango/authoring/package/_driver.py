"""The driver of a new package: the functions of the equipment, without Tango, and its simulator."""

from __future__ import annotations

from collections.abc import Iterator

from puretango.authoring.package._names import method_name
from puretango.authoring.package._simulated import Template
from puretango.authoring.package._texts import sentence
from puretango.authoring.package._types import default_of, python_type
from puretango.model import ClassModel

__all__ = ["driver_source", "simulator_source"]

_TROUBLE = ("FAULT", "UNKNOWN", "INIT", "ALARM")


def conditions(model: ClassModel) -> list[tuple[str, str]]:
    """The states that the equipment itself can report, with their meaning."""
    return [
        (one.name, one.description or one.name.lower())
        for one in model.states
        if one.name not in ("UNKNOWN", "INIT", "ALARM")
    ]


def driver_methods(model: ClassModel) -> Iterator[tuple[str, str, str, str]]:
    """Name, parameters, result and meaning of each method of the driver."""
    for one in model.own_attributes():
        name = method_name(one.name)
        if one.access != "WRITE":
            yield name, "", python_type(one.data_type, one.data_format), one.description or one.name
        if one.is_writable:
            kind = python_type(one.data_type, one.data_format)
            yield f"set_{name}", f"value: {kind}", "None", f"Set {one.label or one.name}."
    for command in model.own_commands():
        argument = python_type(command.argin.data_type)
        given = "" if argument == "None" else f"argument: {argument}"
        text = command.description or command.name
        yield method_name(command.name), given, python_type(command.argout.data_type), text


def _sentence(text: str) -> str:
    told = " ".join(line for line in text.splitlines() if "Guideline:" not in line)
    return sentence(told)


def driver_source(model: ClassModel) -> str:
    """The module ``driver.py``."""
    name = model.name
    lines = [
        f'"""The driver of the {name}: what the equipment can do. It knows nothing of Tango."""',
        "",
        "from __future__ import annotations",
        "",
        "from enum import Enum",
        "from typing import Protocol",
        "",
        "",
        f"class {name}Error(Exception):",
        '    """The equipment does not answer, or did not do what it was asked."""',
        "",
        "",
        "class Condition(Enum):",
        '    """What the equipment says of itself."""',
        "",
    ]
    lines += [f'    {state} = "{_sentence(text)}"' for state, text in conditions(model)]
    lines += [
        "",
        "",
        f"class {name}Driver(Protocol):",
        f'    """What the device asks of the equipment; each call may raise {name}Error."""',
        "",
        "    def condition(self) -> Condition:",
        '        """What the equipment says of itself."""',
        "",
        "    def disconnect(self) -> None:",
        '        """Give the connection up."""',
        "",
    ]
    for method, given, result, text in driver_methods(model):
        parameters = f"self, {given}" if given else "self"
        lines += [
            f"    def {method}({parameters}) -> {result}:",
            f'        """{_sentence(text)}"""',
            "",
        ]
    lines += [
        "",
        f"def open_driver(address: str) -> {name}Driver:",
        '    """Connect: to the simulator for ``sim``, else to the equipment at that address.',
        "",
        f"    :raises {name}Error: nothing answers there",
        '    """',
        '    if address == "sim":',
        f"        from .simulator import Simulated{name}",
        "",
        f"        return Simulated{name}()",
        f'    raise {name}Error(f"no driver for the address {{address!r}}: write one in driver.py")',
        "",
    ]
    return "\n".join(lines)


def simulator_source(template: Template) -> str:
    """The module ``simulator.py``."""
    model = template.model
    name = model.name
    lines = [
        f'"""A {name} that is not there: it does what the equipment would do, in little time."""',
        "",
        "from __future__ import annotations",
        "",
        "import time",
        "from collections.abc import Callable",
        "",
        f"from .driver import Condition, {name}Error",
        "",
        "",
        f"class Simulated{name}:",
        '    """A driver for the address ``sim``; ``broken`` makes it fail, ``clock`` its time go."""',
        "",
        "    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:",
        "        self.broken = False",
        "        self._clock = clock",
        f"        self._condition = Condition.{template.rest}",
        f"        self._next = Condition.{template.rest}",
        "        self._until = 0.0",
    ]
    lines += list(_initial(template))
    lines += [
        "",
        "    def condition(self) -> Condition:",
        '        """What the equipment says of itself."""',
        "        self._answer()",
        "        if self._condition is not self._next and self._clock() >= self._until:",
        "            self._condition = self._next",
        "        return self._condition",
        "",
        "    def disconnect(self) -> None:",
        '        """Nothing is open."""',
        "",
        "    def _answer(self) -> None:",
        "        if self.broken:",
        f'            raise {name}Error("the {name} does not answer")',
        "",
    ]
    for method, given, result, text in driver_methods(model):
        lines += _method(template, method, given, result, text)
    return "\n".join(lines).rstrip() + "\n"


def _initial(template: Template) -> Iterator[str]:
    for one in template.model.own_attributes():
        kind = python_type(one.data_type, one.data_format)
        value = template.values.get(one.name) or default_of(one)
        yield f"        self._{method_name(one.name)}: {kind} = {value}"


def _method(template: Template, method: str, given: str, result: str, text: str) -> Iterator[str]:
    parameters = f"self, {given}" if given else "self"
    yield f"    def {method}({parameters}) -> {result}:"
    yield f'        """{_sentence(text)}"""'
    if method != "reset":
        yield "        self._answer()"
    known = {method_name(one.name): one for one in template.model.own_attributes()}
    if method in known:
        yield f"        return self._{method}"
    elif method.startswith("set_") and method[4:] in known:
        yield f"        self._{method[4:]} = value"
    elif method in template.defined:
        yield f"        self._{template.defined[method]} = argument"
    yield from _course(template, method)
    if method not in known and result != "None":
        yield f"        return {_nothing(result)}"
    yield ""


def _course(template: Template, method: str) -> Iterator[str]:
    """The effect of the method on the condition."""
    for busy in template.busy:
        if busy.trigger == method:
            yield f"        self._condition, self._next = Condition.{busy.condition}, Condition.{busy.after}"
            yield f"        self._until = self._clock() + {busy.seconds}"
            return
    if method in template.ends:
        yield f"        self._condition = self._next = Condition.{template.rest}"
        return
    if method == "reset":
        yield "        self.broken = False"
        yield f"        self._condition = self._next = Condition.{template.rest}"
        return
    for _start, end, by in template.model.transitions:
        if method_name(by) == method and end not in _TROUBLE:
            yield f"        self._condition = self._next = Condition.{end}"
            return


def _nothing(result: str) -> str:
    if result.startswith("list"):
        return "[]"
    return {"str": '""', "int": "0", "float": "0.0", "bool": "False"}.get(result, f"{result}()")
