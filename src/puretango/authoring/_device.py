"""The sources of a new class: device, driver, simulator."""

from __future__ import annotations

import textwrap
from keyword import iskeyword

from puretango.authoring._names import attribute_type, default_text, python_type, snake, start_value
from puretango.model import AttributeModel, ClassModel, CommandModel, PropertyModel

__all__ = ["device_source", "driver_source", "simulator_source"]


def _text(text: str) -> str:
    """A string literal of one line."""
    joined = " ".join(text.split())
    return '"' + joined.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _doc(text: str, indent: str = "        ") -> str:
    """A docstring; long texts and texts of several lines keep their paragraphs."""
    clean = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    if not clean:
        return f"{indent}# Its description is to be written."
    lines = clean.splitlines()
    if len(lines) == 1 and len(clean) < 80:
        return f'{indent}"""{clean}{" " if clean.endswith(chr(34)) else ""}"""'
    body = "\n".join((indent + line).rstrip() for line in lines)
    return f'{indent}"""{body.strip()}\n{indent}"""'


def _method(model: ClassModel, command: CommandModel) -> str:
    """The driver's method for a command, apart from all others of the driver."""
    taken = {"attach", "detach", "state"}
    for one in _own(model):
        taken |= {f"read_{snake(one.name)}", f"write_{snake(one.name)}"}
    own = snake(command.name)
    return f"run_{own}" if own in taken or not own.isidentifier() or iskeyword(own) else own


def _own(model: ClassModel) -> list[AttributeModel]:
    return [
        one
        for one in model.own_attributes()
        if not one.forwarded and not one.dynamic and one.name.lower() != "log"
    ]


def _class_doc(model: ClassModel) -> str:
    lines = [model.description.strip() or f"{model.title or model.name}."]
    documented = model.description
    states = [one for one in model.states if f"{one.name}:" not in documented]
    if states:
        lines += ["", "States:", ""]
        lines += [
            f"{one.name}: {' '.join(one.description.split()) or 'as Tango means it'}"
            for one in states
        ]
    said = model.identification
    facts = (
        ("Contact", said.contact),
        ("Family", said.class_family),
        ("Bus", said.bus),
        ("Manufacturer", said.manufacturer),
        ("Platform", said.platform),
    )
    told = [f"{title}: {text}" for title, text in facts if text and f"{title}:" not in documented]
    return "\n".join([*lines, "", *told])


_CONFIGURATION = (
    "unit standard_unit display_unit format min_value max_value min_alarm max_alarm min_warning "
    "max_warning delta_val delta_t abs_change rel_change period archive_abs_change "
    "archive_rel_change archive_period"
)


def _declared(one: AttributeModel) -> str:
    dtype = one.data_type
    shape = f'"{dtype}"'
    if one.data_format == "SPECTRUM":
        shape = f'("{dtype}",)'
    elif one.data_format == "IMAGE":
        shape = f'(("{dtype}",),)'
    words = [f"dtype={shape}"]
    if one.data_format != "SCALAR":
        words.append(f"max_dim_x={one.max_dim_x}")
    if one.data_format == "IMAGE":
        words.append(f"max_dim_y={one.max_dim_y}")
    if one.access != "READ":
        words.append(
            f"access=AttrWriteType.{one.access if one.access != 'READ_WITH_WRITE' else 'READ'}"
        )
    words += [f"label={_text(one.label or _label(one.name))}", f"doc={_text(one.description)}"]
    words += [
        f"{field}={_text(value)}"
        for field in _CONFIGURATION.split()
        if (value := getattr(one, field))
    ]
    for event in ("change_event", "archive_event"):
        pushed, checked = getattr(one, event)
        if pushed:
            words += [f"{event}_implemented=True", f"{event}_detect={checked}"]
    if one.data_ready_event:
        words.append("data_ready_event_implemented=True")
    if one.enum_labels:
        words.append(f"enum_labels=[{', '.join(_text(label) for label in one.enum_labels)}]")
    if one.display_level == "EXPERT":
        words.append("display_level=DispLevel.EXPERT")
    if one.polling_period:
        words.append(f"polling_period={one.polling_period}")
    if one.memorized and one.is_writable and one.data_format == "SCALAR":
        words.append("memorized=True")
        words += ["hw_memorized=True"] if one.hw_memorized else []
    body = "".join(f"        {word},\n" for word in words)
    return f"    {one.name} = attribute(\n{body}    )"


def _label(name: str) -> str:
    return snake(name).replace("_", " ").capitalize()


def _property(one: PropertyModel, kind: str) -> str:
    words = [f'dtype="{one.data_type}"', f"doc={_text(one.description)}"]
    if one.mandatory and kind == "device_property":
        words.append("mandatory=True")
    elif one.default is not None:
        words.append(f"default_value={default_text(one)}")
    body = "".join(f"        {word},\n" for word in words)
    return f"    {one.name} = {kind}(\n{body}    )"


def _refused(name: str, states: tuple[str, ...], argument: str = "") -> str:
    listed = ", ".join(f"DevState.{state}" for state in states)
    listed += "," if len(states) == 1 else ""
    return (
        f"    def is_{name}_allowed(self{argument}) -> bool:\n"
        f'        """Not in every State."""\n'
        f"        return self.get_state() not in ({listed})"
    )


def _attribute_methods(one: AttributeModel) -> list[str]:
    parts = []
    kind, own = attribute_type(one), snake(one.name)
    if one.access != "WRITE":
        parts.append(
            f"    def read_{one.name}(self) -> {kind}:\n"
            f"{_doc(one.description)}\n"
            f"        return self._ask(self._driver.read_{own})"
        )
    if one.access in ("READ_WRITE", "WRITE"):
        parts.append(
            "    @DebugIt(show_args=True)\n"
            f"    def write_{one.name}(self, value: {kind}) -> None:\n"
            f'        """Set it."""\n'
            f"        self._ask(lambda: self._driver.write_{own}(value))\n"
            f"        self._refresh()"
        )
    excluded = tuple(dict.fromkeys((*one.read_excluded_states, *one.write_excluded_states)))
    if excluded:
        listed = ", ".join(f"DevState.{state}" for state in one.write_excluded_states)
        reading = ", ".join(f"DevState.{state}" for state in one.read_excluded_states)
        parts.append(
            f"    def is_{one.name}_allowed(self, request: AttReqType) -> bool:\n"
            '        """Not in every State."""\n'
            "        if request == AttReqType.READ_REQ:\n"
            f"            return self.get_state() not in ({reading}{',' if reading else ''})\n"
            f"        return self.get_state() not in ({listed}{',' if listed else ''})"
        )
    return parts


def _command_methods(one: CommandModel, model: ClassModel) -> list[str]:
    words = []
    taken, given = one.argin, one.argout
    if taken.data_type != "DevVoid":
        words += [f'dtype_in="{taken.data_type}"', f"doc_in={_text(taken.description)}"]
    if given.data_type != "DevVoid":
        words += [f'dtype_out="{given.data_type}"', f"doc_out={_text(given.description)}"]
    if one.display_level == "EXPERT":
        words.append("display_level=DispLevel.EXPERT")
    if one.polling_period:
        words.append(f"polling_period={one.polling_period}")
    decorator = f"    @command({', '.join(words)})" if words else "    @command"
    argument = f", argument: {python_type(taken.data_type)}" if taken.data_type != "DevVoid" else ""
    result = python_type(given.data_type)
    own = _method(model, one)
    call = f"self._driver.{own}" if not argument else f"lambda: self._driver.{own}(argument)"
    lines = [decorator]
    if argument:
        lines.append("    @DebugIt(show_args=True)")
    lines += [
        f"    def {one.name}(self{argument}) -> {result}:",
        _doc(one.description),
        f'        self.info_stream("{model.name}::{one.name}() - was asked for")',
    ]
    if result == "None":
        lines += [f"        self._ask({call})", "        self._refresh()"]
    else:
        lines += [
            f"        answer = self._ask({call})",
            "        self._refresh()",
            "        return answer",
        ]
    parts = ["\n".join(lines)]
    if one.excluded_states:
        parts.append(_refused(one.name, one.excluded_states))
    return parts


_DEVICE = """
    Driver = device_property(
        dtype=str,
        doc="The driver's class, such as {package}.simulator:Simulator",
        default_value="{package}.simulator:Simulator",
    )
"""

_LIFE = '''
    def init_device(self) -> None:
        """Make the driver; whatever goes wrong, the device lives and says so."""
        self._connected = False
        try:
            super().init_device()
            module, _, name = self.Driver.partition(":")
            self._driver: Driver = getattr(import_module(module), name)({settings})
        except Exception as error:
            self.error_stream("{name}::init_device() - failed: %s", error)
            self.set_state(DevState.FAULT)
            self.set_status(f"Initialisation failed: {{error}}")
            self._driver = Absent(str(error))
            return
        self._refresh()

    def delete_device(self) -> None:
        """Let the equipment go."""
        self._driver.detach()
        super().delete_device()

    def dev_state(self) -> DevState:
        """The State as the driver tells it now."""
        self._refresh()
        state: DevState = super().dev_state()
        return state

    def _refresh(self) -> None:
        """State and Status from the driver: the one place where both are set."""
        try:
            if not self._connected:
                self._driver.attach()
                self._connected = True
            state, status = self._driver.state()
        except (DriverError, OSError) as error:
            self._lost(error)
            return
        self.set_state(DevState.names[state])
        self.set_status(status)

    def _lost(self, error: Exception) -> None:
        """The equipment does not answer: it is asked again at the next request."""
        self.error_stream("{name}::_lost() - the equipment does not answer: %s", error)
        self._connected = False
        failed = isinstance(self._driver, Absent)
        self.set_state(DevState.FAULT if failed else DevState.UNKNOWN)
        self.set_status(f"{{error}}. The equipment does not answer.")

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask the driver; its error becomes one of Tango's."""
        try:
            return question()
        except (DriverError, OSError) as error:
            self.error_stream("{name}::_ask() - failed: %s", error)
            self._lost(error)
            failure = str(error)
        Except.throw_exception("COMMUNICATION_BROKEN", failure, "{name}::_ask")
'''


def device_source(model: ClassModel, package: str) -> str:
    """``device.py``: the Tango interface on top of the driver."""
    attributes, commands = _own(model), list(model.own_commands())
    own_properties = [one for one in model.device_properties if one.name != "Driver"]
    settings = ", ".join(f"{snake(one.name)}=self.{one.name}" for one in own_properties)
    declared = [_property(one, "device_property") for one in own_properties]
    declared += [_property(one, "class_property") for one in model.class_properties]
    declared += [_declared(one) for one in attributes]
    methods = [part for one in attributes for part in _attribute_methods(one)]
    methods += [part for one in commands for part in _command_methods(one, model)]
    body = (
        f"class {model.name}(LogAttributeMixin, Device):\n"
        f"{_doc(_class_doc(model), '    ')}\n"
        + _DEVICE.format(package=package)
        + "\n"
        + "\n\n".join(declared)
        + "\n"
        + _LIFE.format(settings=settings, name=model.name)
        + "\n"
        + "\n\n".join(methods)
        + "\n"
    )
    values = [name for name in ("AttReqType", "AttrWriteType", "DispLevel") if f"{name}." in body]
    used = [
        name
        for name in ("DebugIt", "attribute", "class_property", "command")
        if f"{name}(" in body or f"@{name}" in body
    ]
    library = ", ".join(sorted([*values, "DevState", "Except"], key=str.lower))
    server = ", ".join(
        sorted(
            [*used, "Device", "LogAttributeMixin", "device_property", "run"],
            key=lambda n: (n[0].islower(), n),
        )
    )
    return (
        f'"""{model.name}: the Tango interface; the work is done by a driver."""\n\n'
        "from __future__ import annotations\n\n"
        "from collections.abc import Callable\n"
        "from importlib import import_module\n"
        "from typing import TypeVar\n\n"
        f"from puretango import {library}\n"
        f"from puretango.server import {server}\n\n"
        f"from {package}.driver import Absent, Driver, DriverError\n\n"
        f'__all__ = ["{model.name}", "main"]\n\n'
        'Answer = TypeVar("Answer")\n\n\n'
        f"{body}\n\n"
        "def main() -> None:\n"
        '    """Run the server."""\n'
        f"    run(({model.name},))\n\n\n"
        'if __name__ == "__main__":\n'
        "    main()\n"
    )


def _questions(model: ClassModel) -> list[tuple[str, str, str]]:
    """Signature, description and the simulator's body of each of the driver's methods."""
    found = []
    for one in _own(model):
        kind, own = attribute_type(one), snake(one.name)
        if one.access != "WRITE":
            body = (
                f'self._check()\n        value: {kind} = self.values["{own}"]\n        return value'
            )
            found.append((f"read_{own}(self) -> {kind}", one.description, body))
        if one.access in ("READ_WRITE", "WRITE"):
            found.append(
                (
                    f"write_{own}(self, value: {kind}) -> None",
                    "Set it.",
                    f'self._check()\n        self.values["{own}"] = value',
                )
            )
    for command in model.own_commands():
        own = _method(model, command)
        kind = python_type(command.argin.data_type)
        argument = "" if kind == "None" else f", argument: {kind}"
        result = python_type(command.argout.data_type)
        found.append(
            (
                f"{own}(self{argument}) -> {result}",
                command.description,
                _simulated(model, command, result),
            )
        )
    return found


_LEADS = {
    "on": ("ON", "Switched on."),
    "off": ("OFF", "Switched off."),
    "open": ("OPEN", "Open."),
    "close": ("CLOSE", "Closed."),
    "start": ("RUNNING", "Running."),
    "stop": ("STANDBY", "Standing."),
    "movehome": ("STANDBY", "At the reference."),
    "reset": ("", "Ready."),
}


def _simulated(model: ClassModel, command: CommandModel, result: str) -> str:
    known = {one.name for one in model.states}
    state, status = _LEADS.get(command.name.lower(), ("", ""))
    if command.name.lower() == "reset":
        return "self.condition = self.START"
    if state in known and result == "None":
        return f'self.condition = ("{state}", "{status}")'
    if result == "None":
        return 'self.done.append("' + snake(command.name) + '")'
    empty = {"bool": "False", "str": '""', "float": "0.0", "int": "0"}.get(result, "[]")
    if result.startswith("tuple"):
        empty = "([], [])" if "list" in result else '("", b"")'
    return f"return {empty}"


def driver_source(model: ClassModel, package: str) -> str:
    """``driver.py``: what the device wants of the equipment, without a word of Tango."""
    methods = "\n\n".join(
        f"    def {signature}:\n{_doc(text.split(chr(10) * 2)[0] or 'As the device wants it.')}\n        ..."
        for signature, text, _ in _questions(model)
    )
    title = model.title or model.name
    return textwrap.dedent(
        f'''\
        """Driver of {model.name}: what the device wants of the equipment. It knows nothing of Tango."""

        from __future__ import annotations

        from typing import Any, Protocol

        __all__ = ["Absent", "Driver", "DriverError"]


        class DriverError(Exception):
            """The equipment refuses, or answers what nobody understands."""


        class Driver(Protocol):
            """{title.replace(chr(34), chr(39)).splitlines()[0]}, whatever it is connected by.

            Methods raise DriverError or OSError, and wait no longer than a second.
            """

            def attach(self) -> None:
                """Open the way to the equipment."""
                ...

            def detach(self) -> None:
                """Close it; nothing happens if it is closed."""
                ...

            def state(self) -> tuple[str, str]:
                """The state by Tango's name, and a sentence for operators."""
                ...

        @METHODS@


        class Absent:
            """In place of a driver that could not be made: every question is an error."""

            def __init__(self, reason: str) -> None:
                self.reason = reason

            def detach(self) -> None:
                """Nothing is open."""

            def __getattr__(self, name: str) -> Any:
                raise DriverError(self.reason)
        '''
    ).replace("@METHODS@", methods)


def simulator_source(model: ClassModel, package: str) -> str:
    """``simulator.py``: a driver without equipment."""
    values = "".join(
        f'            "{snake(one.name)}": {start_value(one)},\n' for one in _own(model)
    )
    known = [one.name for one in model.states]
    rest = next((one for one in ("OFF", "CLOSE", "STANDBY", "ON") if one in known), "ON")
    methods = "\n\n".join(
        f"    def {signature}:\n{_doc(text.split(chr(10) * 2)[0])}\n        {body}"
        for signature, text, body in _questions(model)
    )
    return (
        textwrap.dedent(
            f'''\
        """Simulator: a driver of {model.name} without equipment, for tests and for trying out."""

        from __future__ import annotations

        from typing import Any

        __all__ = ["Simulator"]


        class Simulator:
            """Equipment that does what it is told; `broken` makes every question fail."""

            START = ("{rest}", "Ready.")

            def __init__(self, **settings: Any) -> None:
                self.settings = settings
                self.condition = self.START
                self.broken = False
                self.done: list[str] = []
                self.values: dict[str, Any] = {{
        @VALUES@        }}

            def attach(self) -> None:
                """Nothing is to be opened."""
                self._check()

            def detach(self) -> None:
                """Nothing is open."""

            def _check(self) -> None:
                if self.broken:
                    raise ConnectionError("the equipment is switched off")

            def state(self) -> tuple[str, str]:
                """The state, and a sentence for operators."""
                self._check()
                return self.condition

        @METHODS@
        '''
        )
        .replace("@METHODS@", methods)
        .replace("@VALUES@", values)
    )
