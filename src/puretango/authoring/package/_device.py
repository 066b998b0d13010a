"""The device of a new package: Tango's side, over the driver."""

from __future__ import annotations

from collections.abc import Iterator

from puretango.authoring.package._names import member_of, method_name
from puretango.authoring.package._texts import docstring, quoted
from puretango.authoring.package._types import (
    dtype_of,
    literal_of,
    python_type,
    settings_of,
)
from puretango.model import (
    AttributeModel,
    ClassModel,
    CommandModel,
    Identification,
    PipeModel,
    PropertyModel,
)

__all__ = ["device_source"]


def device_source(model: ClassModel) -> str:
    """The module ``device.py``."""
    lines = list(_class(model))
    names = {one.name for one in model.device_properties}
    for one in model.device_properties:
        lines += _property(one, "device_property")
    for one in model.class_properties:
        if (
            one.name not in names
        ):  # a class has one member per name: the device property stands for both
            lines += _property(one, "class_property")
    lines += _life(model)
    for attribute in model.own_attributes():
        lines += _attribute(model, attribute)
    for command in model.own_commands():
        lines += _command(model, command)
    for pipe in model.pipes:
        lines += _pipe(pipe)
    lines += _tail(model)
    body = "\n".join(lines).rstrip() + "\n"
    return "\n".join([*_head(model, body), body])


_VALUES = (
    "AttReqType",
    "AttrWriteType",
    "DevFailed",
    "DevState",
    "DispLevel",
    "Except",
    "PipeWriteType",
)
_DECLARATIONS = ("attribute", "class_property", "command", "device_property", "pipe")


def _quoted(text: str) -> str:
    return quoted(" ".join(text.split()))


def _head(model: ClassModel, body: str) -> Iterator[str]:
    values = [
        name for name in _VALUES if f"{name}." in body or f": {name}" in body or f" {name}(" in body
    ]
    declared = [name for name in _DECLARATIONS if f" {name}(" in body or f"@{name}" in body]
    yield f'"""The Tango device class {model.name}."""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield "from collections.abc import Callable"
    yield "from typing import TypeVar"
    yield ""
    yield f"from puretango import {', '.join(values)}"
    yield "from puretango.server import ("
    yield from (
        f"    {name}," for name in ("DebugIt", "Device", "LogAttributeMixin", *declared, "run")
    )
    yield ")"
    yield ""
    yield f"from .driver import {model.name}Driver, {model.name}Error, open_driver"
    yield ""
    yield 'Result = TypeVar("Result")'
    yield ""
    yield ""


def _class(model: ClassModel) -> Iterator[str]:
    first, *rest = (model.description or f"A {model.name}.").strip().splitlines()
    yield f"class {model.name}(LogAttributeMixin, Device):"
    yield f"    {docstring(first)[:-3]}"
    yield ""
    yield from (f"    {docstring(line)[3:-3]}".rstrip() for line in rest)
    for state in model.states:
        yield f"    {state.name}: {docstring(state.description or state.name.lower())[3:-3]}"
    for before, after, by in model.transitions:
        yield f"    From {'any state' if before == '*' else before} to {after}: {by}"
    yield ""
    yield from _identification(model.identification)
    yield '    """'
    yield ""


def _identification(one: Identification) -> Iterator[str]:
    contact = f"{one.contact} at {one.email_domain}" if one.email_domain else one.contact
    said = (
        ("Contact", contact or "controls at example.org"),
        ("Family", one.class_family or "Other"),
        ("Platform", one.platform or "All Platforms"),
        ("Bus", one.bus or "Ethernet"),
        ("Manufacturer", one.manufacturer or "none"),
        ("Reference", one.reference or "none"),
        ("Key words", ", ".join(one.key_words) or "simulated"),
    )
    yield from (f"    {name}: {text}" for name, text in said)


def _property(one: PropertyModel, kind: str) -> Iterator[str]:
    text = _quoted(one.description or one.name)
    given = [f"dtype={dtype_of(one.data_type)}", f"doc={text}"]
    if one.mandatory:
        given.append("mandatory=True")
    elif one.default:
        given.append(f"default_value={literal_of(one)}")
    yield f"    {one.name} = {kind}("
    yield from (f"        {part}," for part in given)
    yield "    )"
    yield ""


_LIFE = '''\
    def init_device(self) -> None:
        """Connect to the equipment; what goes wrong is told in State and Status."""
        super().init_device()
        self._driver: {name}Driver | None = None
        self._connect()

    def delete_device(self) -> None:
        """Give the connection up."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.disconnect()

    def dev_state(self) -> DevState:
        """The state that the equipment says it is in; UNKNOWN while it does not answer."""
        self._look()
        state: DevState = super().dev_state()
        return state

    def dev_status(self) -> str:
        """The state in words, its cause first."""
        self._look()
        text: str = super().dev_status()
        return text

    def _connect(self) -> None:
        self.delete_device()
        try:
            self._driver = open_driver(self.{address})
        except {name}Error as error:
            self._lost(error)
        else:
            self.info_stream("{name}::_connect() - connected to %s", self.{address})
            self._look()

    def _look(self) -> None:
        """State and Status from what the equipment says: the one place where they are set."""
        if self._driver is None:
            return
        try:
            condition = self._driver.condition()
        except {name}Error as error:
            self._lost(error)
            return
        self.set_state(DevState[condition.name])
        self.set_status(f"{{condition.name}}: {{condition.value}}")

    def _lost(self, error: {name}Error) -> None:
        text = f"UNKNOWN: {{error}}. Reset connects again."
        if self.get_status() != text:
            self.error_stream("{name}::_lost() - the equipment cannot be reached: %s", error)
        self.set_state(DevState.UNKNOWN)
        self.set_status(text)

    def _ask(self, origin: str, question: Callable[[{name}Driver], Result]) -> Result:
        """Ask the driver; its errors become Tango's, with the reason of the guidelines' list."""
        if self._driver is None:
            self._connect()
        try:
            if self._driver is None:
                raise {name}Error(self.get_status())
            return question(self._driver)
        except {name}Error as error:
            self.error_stream("{name}::%s() - the equipment failed: %s", origin, error)
            self._lost(error)
            failure = DevFailed(*Except.to_dev_failed(type(error), error, None).args)
            Except.re_throw_exception(
                failure,
                "COMMUNICATION_BROKEN",
                f"The equipment did not do what it was asked: {{error}}",
                f"{name}::{{origin}}",
            )
            raise
'''


def _life(model: ClassModel) -> Iterator[str]:
    address = "Address"
    yield from _LIFE.format(name=model.name, address=address).splitlines()
    yield ""


def _configuration(one: AttributeModel) -> Iterator[str]:
    if one.access != "READ":
        yield f"access=AttrWriteType.{one.access}"
    if one.data_format != "SCALAR":
        yield f"max_dim_x={one.max_dim_x}"
    if one.data_format == "IMAGE":
        yield f"max_dim_y={one.max_dim_y}"
    yield from (f"{key}={_quoted(getattr(one, key))}" for key in settings_of(one))
    if one.display_level == "EXPERT":
        yield "display_level=DispLevel.EXPERT"
    if one.memorized:
        yield "memorized=True"
        yield f"hw_memorized={one.hw_memorized}"
    if one.polling_period:
        yield f"polling_period={one.polling_period}"
    if one.enum_labels:
        yield f"enum_labels=[{', '.join(_quoted(label) for label in one.enum_labels)}]"


def _attribute(model: ClassModel, one: AttributeModel) -> Iterator[str]:
    name, kind = method_name(one.name), python_type(one.data_type, one.data_format)
    member, named = one.name, member_of(model, one)
    dtype = dtype_of(one.data_type, one.data_format)
    yield f"    {named} = attribute("
    yield f"        dtype={dtype},"
    if named != member:
        yield f"        name={quoted(member)},"
        if one.access != "WRITE":
            yield f"        fget={quoted(f'read_{member}')},"
        if one.is_writable:
            yield f"        fset={quoted(f'write_{member}')},"
    yield from (f"        {part}," for part in _configuration(one))
    yield f"        doc={_quoted(one.description or one.name)},"
    yield "    )"
    yield ""
    if one.access != "WRITE":
        yield f"    def read_{member}(self) -> {kind}:"
        yield from _docstring(one.description or one.name)
        yield f'        return self._ask("read_{member}", lambda driver: driver.{name}())'
        yield ""
    if one.is_writable:
        yield "    @DebugIt(show_args=True)"
        yield f"    def write_{member}(self, value: {kind}) -> None:"
        yield f'        """Set {_text(one.label or one.name)}."""'
        yield f'        self.info_stream("{model.name}::write_{member}() - set to %s", value)'
        yield f'        self._ask("write_{member}", lambda driver: driver.set_{name}(value))'
        yield "        self._look()"
        yield ""
    yield from _attribute_rule(one)


def _attribute_rule(one: AttributeModel) -> Iterator[str]:
    reading, writing = one.read_excluded_states, one.write_excluded_states
    if one.is_writable and not writing:
        writing = ("UNKNOWN",)
    if not reading and not writing:
        return
    yield f"    def is_{one.name}_allowed(self, request: AttReqType) -> bool:"
    yield '        """Not in every state."""'
    if writing:
        yield "        if request == AttReqType.WRITE_REQ:"
        yield f"            return self.get_state() not in {_states(writing)}"
    yield f"        return {f'self.get_state() not in {_states(reading)}' if reading else 'True'}"
    yield ""


def _states(names: tuple[str, ...]) -> str:
    listed = ", ".join(f"DevState.{name}" for name in names)
    return f"({listed},)" if len(names) == 1 else f"({listed})"


def _text(text: str) -> str:
    return " ".join(text.replace("\\", "/").replace('"', "'").split()).rstrip(".") + ""


def _docstring(text: str) -> Iterator[str]:
    """A method's docstring: a sentence, and reasons in lines of their own."""
    first, *rest = text.strip().splitlines()
    if not rest:
        yield f"        {docstring(first)}"
        return
    yield f"        {docstring(first)[:-3]}"
    yield ""
    yield from (f"        {docstring(line)[3:-3]}" for line in rest if line.strip())
    yield '        """'


def _command(model: ClassModel, one: CommandModel) -> Iterator[str]:
    argument, result = python_type(one.argin.data_type), python_type(one.argout.data_type)
    name = method_name(one.name)
    yield "    @command("
    if argument != "None":
        yield f"        dtype_in={dtype_of(one.argin.data_type)},"
    if argument != "None" or one.argin.description:
        yield f"        doc_in={_quoted(one.argin.description or one.name)},"
    if result != "None":
        yield f"        dtype_out={dtype_of(one.argout.data_type)},"
    if result != "None" or one.argout.description:
        yield f"        doc_out={_quoted(one.argout.description or one.name)},"
    if one.display_level == "EXPERT":
        yield "        display_level=DispLevel.EXPERT,"
    if one.polling_period:
        yield f"        polling_period={one.polling_period},"
    yield "    )"
    yield "    @DebugIt(show_args=True)"
    given = f"self, argument: {argument}" if argument != "None" else "self"
    yield f"    def {one.name}({given}) -> {result}:"
    yield from _docstring(one.description or one.name)
    yield f'        self.info_stream("{model.name}::{one.name}() - called")'
    if one.name == "Reset":
        yield "        self._connect()"
    passed = "argument" if argument != "None" else ""
    keep = "result = " if result != "None" else ""
    yield f'        {keep}self._ask("{one.name}", lambda driver: driver.{name}({passed}))'
    yield "        self._look()"
    if keep:
        yield "        return result"
    yield ""
    if one.name != "Reset":
        excluded = one.excluded_states or ("UNKNOWN",)
        yield f"    def is_{one.name}_allowed(self) -> bool:"
        yield '        """Not in every state."""'
        yield f"        return self.get_state() not in {_states(excluded)}"
        yield ""


def _pipe(one: PipeModel) -> Iterator[str]:
    yield f"    {one.name} = pipe("
    yield from (f"        label={_quoted(text)}," for text in (one.label,) if text)
    yield f"        doc={_quoted(one.description or one.name)},"
    if one.access != "READ":
        yield "        access=PipeWriteType.PIPE_READ_WRITE,"
    if one.display_level == "EXPERT":
        yield "        display_level=DispLevel.EXPERT,"
    yield "    )"
    yield ""
    yield f"    def read_{one.name}(self) -> tuple[str, dict[str, object]]:"
    yield f'        """Read {one.name}: write here what it holds."""'
    yield f"        return {quoted(one.name)}, {{}}"
    yield ""
    if one.access != "READ":
        yield f"    def write_{one.name}(self, blob: tuple[str, dict[str, object]]) -> None:"
        yield f'        """Set {one.name}: write here what is done."""'
        yield ""


def _tail(model: ClassModel) -> Iterator[str]:
    yield ""
    yield "def main() -> None:"
    yield '    """The console script: a device server of this class."""'
    yield f"    run([{model.name}])"
    yield ""
    yield ""
    yield 'if __name__ == "__main__":'
    yield "    main()"
