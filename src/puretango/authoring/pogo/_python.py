"""A Python device class generated from a Pogo file, as Pogo's PythonHL output: regions and all.

The contents of a protected region are the author's, and are kept when the file is generated again. Region names are
Pogo's (``additionnal_import`` is its spelling), so that its files can be continued.
"""

from __future__ import annotations

from collections.abc import Iterator

from puretango.authoring.package import (
    default_of,
    docstring,
    dtype_of,
    literal_of,
    member_of,
    python_type,
    quoted,
    settings_of,
)
from puretango.authoring.package._texts import sentence
from puretango.model import AttributeModel, ClassModel, CommandModel, PipeModel, PropertyModel

__all__ = ["python_source", "server_source"]

_LIBRARY = ("Device_Impl", "Device_4Impl", "Device_5Impl", "Device_6Impl", "Device")


def python_source(model: ClassModel) -> str:
    """The module of one class."""
    lines = [*_class(model)]
    for one in _own_class_properties(model):
        lines += _property(one, "class_property")
    for one in model.device_properties:
        lines += _property(one, "device_property")
    for attribute in model.own_attributes():
        lines += _declaration(attribute, member_of(model, attribute))
    lines += _life(model)
    for attribute in _kept(model):
        lines += _attribute(model, attribute)
    for pipe in model.pipes:
        lines += _pipe(model, pipe)
    for command in model.own_commands():
        lines += _command(model, command)
    lines += _tail(model)
    body = "\n".join(lines).rstrip() + "\n"
    return "\n".join([*_head(model, body), body])


def server_source(name: str, models: list[ClassModel]) -> str:
    """The module of a server of several classes, which are in modules of their names."""
    imports = [f"from {one.name} import {one.name}" for one in models]
    classes = ", ".join(one.name for one in models)
    return "\n".join(
        [
            f'"""The device server {name}."""',
            "",
            *imports,
            "",
            "from puretango.server import run",
            "",
            "",
            "def main() -> None:",
            '    """Run the server."""',
            f"    run([{classes}])",
            "",
            "",
            'if __name__ == "__main__":',
            "    main()",
            "",
        ]
    )


def _region(model: ClassModel, name: str, *inside: str, indent: str = "        ") -> Iterator[str]:
    """A region of the author's; ``inside`` is its initial contents."""
    mark = f"{model.name}.{name}"
    yield f"{indent}# PROTECTED REGION ID({mark}) ENABLED START #"
    yield from (f"{indent}{line}" if line else "" for line in inside)
    yield f"{indent}# PROTECTED REGION END #    //  {mark}"


def _head(model: ClassModel, body: str) -> Iterator[str]:
    values = ("AttReqType", "AttrWriteType", "CmdArgType", "DevState", "DispLevel", "PipeWriteType")
    wanted = [name for name in values if f"{name}." in body or f": {name}" in body]
    names = ("attribute", "class_property", "command", "device_property", "pipe")
    declared = [name for name in names if f" {name}(" in body or f"@{name}" in body]
    yield f'"""{sentence(model.title or model.description) or model.name}"""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    if wanted:
        yield f"from puretango import {', '.join(wanted)}"
    yield f"from puretango.server import {', '.join(['Device', *declared, 'run'])}"
    parent = _parent(model)
    if parent != "Device":
        yield f"from {parent} import {parent}"
    yield ""
    yield from _region(model, "additionnal_import", indent="")
    yield ""
    yield f'__all__ = ["{model.name}", "main"]'
    yield ""
    yield ""


def _parent(model: ClassModel) -> str:
    names = [one.class_name for one in model.bases if one.class_name not in _LIBRARY]
    return names[0] if names else "Device"


def _class(model: ClassModel) -> Iterator[str]:
    first, *rest = model.description.strip().splitlines() or [f"The device class {model.name}."]
    yield f"class {model.name}({_parent(model)}):"
    yield f"    {docstring(first)[:-3]}"
    yield ""
    yield from (f"    {docstring(line)[3:-3]}".rstrip() for line in rest)
    for one in model.states:
        yield f"    {one.name}: {docstring(one.description)[3:-3]}".rstrip()
    yield '    """'
    yield ""
    yield from _region(model, "class_variable", indent="    ")
    yield ""


def _property(one: PropertyModel, kind: str) -> Iterator[str]:
    given = [f"dtype={dtype_of(one.data_type)}"]
    if one.description:
        given.append(f"doc={quoted(one.description)}")
    if one.mandatory:
        given.append("mandatory=True")
    elif one.default is not None:
        given.append(f"default_value={literal_of(one)}")
    yield from _call(one.name, kind, given)


def _call(name: str, function: str, given: list[str]) -> Iterator[str]:
    yield f"    {name} = {function}("
    yield from (f"        {part}," for part in given)
    yield "    )"
    yield ""


def _own_class_properties(model: ClassModel) -> list[PropertyModel]:
    """The class properties whose names are not also device properties: a class has one member per name."""
    others = {one.name for one in model.device_properties}
    return [one for one in model.class_properties if one.name not in others]


def _shared_properties(model: ClassModel) -> Iterator[str]:
    """Properties of both class and device: the class's value is the default of the device's."""
    others = {one.name for one in model.device_properties}
    shared = [one for one in model.class_properties if one.name in others]
    if not shared:
        return
    yield f"{model.name}.TangoClassClass.class_property_list.update("
    yield "    {"
    for one in shared:
        value = "[]" if one.default is None else literal_of(one)
        kind = f"CmdArgType.{one.data_type}"
        yield f"        {quoted(one.name)}: [{kind}, {quoted(one.description)}, {value}],"
    yield "    }"
    yield ")"
    yield ""
    yield ""


def _declaration(one: AttributeModel, member: str) -> Iterator[str]:
    named = [f"name={quoted(one.name)}"] if member != one.name else []
    if one.forwarded:
        label = [f"label={quoted(one.label)}"] if one.label else []
        yield from _call(member, "attribute", ["forwarded=True", *named, *label])
        return
    kind = dtype_of(one.data_type, one.data_format)
    given = [f"dtype={kind}", *named]
    if named and one.access != "WRITE":
        given.append(f"fget={quoted(f'read_{one.name}')}")
    if named and one.is_writable:
        given.append(f"fset={quoted(f'write_{one.name}')}")
    if one.access != "READ":
        given.append(f"access=AttrWriteType.{one.access}")
    if one.data_format != "SCALAR":
        given.append(f"max_dim_x={one.max_dim_x}")
    if one.data_format == "IMAGE":
        given.append(f"max_dim_y={one.max_dim_y}")
    if one.display_level == "EXPERT":
        given.append("display_level=DispLevel.EXPERT")
    if one.polling_period:
        given.append(f"polling_period={one.polling_period}")
    if one.memorized:
        given += ["memorized=True", f"hw_memorized={one.hw_memorized}"]
    if one.enum_labels:
        given.append(f"enum_labels=[{', '.join(quoted(label) for label in one.enum_labels)}]")
    given += [f"{key}={quoted(getattr(one, key))}" for key in settings_of(one)]
    if one.description:
        given.append(f"doc={quoted(one.description)}")
    yield from _call(member, "attribute", given)


def _kept(model: ClassModel) -> list[AttributeModel]:
    """The attributes whose values the device keeps in a member."""
    return [one for one in model.own_attributes() if not one.forwarded]


def _life(model: ClassModel) -> Iterator[str]:
    events = [
        f'self.set_{kind}_event("{one.name}", True, {checked})'
        for one in model.own_attributes()
        for kind, (pushed, checked) in (
            ("change", one.change_event),
            ("archive", one.archive_event),
        )
        if pushed
    ]
    ready = [
        f'self.set_data_ready_event("{one.name}", True)'
        for one in model.own_attributes()
        if one.data_ready_event
    ]
    yield "    def init_device(self) -> None:"
    yield '        """Bring the device into use."""'
    yield "        super().init_device()"
    for one in _kept(model):
        kind = python_type(one.data_type, one.data_format)
        yield f"        self._{one.name}: {kind} = {default_of(one)}"
    yield from (f"        {line}" for line in (*events, *ready))
    yield from _region(model, "init_device")
    yield ""
    for method, text in (
        ("delete_device", "The device goes out of use."),
        ("always_executed_hook", "Called before each request."),
    ):
        yield f"    def {method}(self) -> None:"
        yield f'        """{text}"""'
        yield from _region(model, method)
        yield ""


def _attribute(model: ClassModel, one: AttributeModel) -> Iterator[str]:
    kind = python_type(one.data_type, one.data_format)
    if one.access != "WRITE":
        yield f"    def read_{one.name}(self) -> {kind}:"
        yield f"        {docstring(one.description or f'Read {one.name}.')}"
        yield from _region(model, f"{one.name}_read", f"return self._{one.name}")
        yield ""
    if one.is_writable:
        yield f"    def write_{one.name}(self, value: {kind}) -> None:"
        yield f'        """Set {one.name}."""'
        yield from _region(model, f"{one.name}_write", f"self._{one.name} = value")
        yield ""
    reading, writing = one.read_excluded_states, one.write_excluded_states
    if reading or writing:
        yield f"    def is_{one.name}_allowed(self, attr: AttReqType) -> bool:"
        yield '        """Not in every state."""'
        yield "        if attr == AttReqType.READ_REQ:"
        yield f"            return {_allowed(reading)}"
        yield f"        return {_allowed(writing)}"
        yield ""


def _allowed(states: tuple[str, ...]) -> str:
    if not states:
        return "True"
    listed = "".join(f"DevState.{name}, " for name in states).strip()
    return f"self.get_state() not in ({listed})"


def _command(model: ClassModel, one: CommandModel) -> Iterator[str]:
    given = []
    for key, argument in (("in", one.argin), ("out", one.argout)):
        if argument.data_type != "DevVoid":
            given.append(f"dtype_{key}={dtype_of(argument.data_type)}")
        if argument.description:
            given.append(f"doc_{key}={quoted(argument.description)}")
    if one.display_level == "EXPERT":
        given.append("display_level=DispLevel.EXPERT")
    if one.polling_period:
        given.append(f"polling_period={one.polling_period}")
    yield "    @command(" if given else "    @command"
    if given:
        yield from (f"        {part}," for part in given)
        yield "    )"
    argument_type, result = python_type(one.argin.data_type), python_type(one.argout.data_type)
    parameter = f", argin: {argument_type}" if argument_type != "None" else ""
    yield f"    def {one.name}(self{parameter}) -> {result}:"
    if one.description:
        yield f"        {docstring(one.description)}"
    inside = [] if result == "None" else [f"return {_nothing(result)}"]
    if not one.description and not inside:
        inside = ["pass"]
    yield from _region(model, one.name, *inside)
    yield ""
    if one.excluded_states:
        yield f"    def is_{one.name}_allowed(self) -> bool:"
        yield '        """Not in every state."""'
        yield f"        return {_allowed(one.excluded_states)}"
        yield ""


def _pipe(model: ClassModel, one: PipeModel) -> Iterator[str]:
    given = [f"label={quoted(one.label)}"] if one.label else []
    given += [f"doc={quoted(one.description)}"] if one.description else []
    if one.access != "READ":
        given.append("access=PipeWriteType.PIPE_READ_WRITE")
    if one.display_level == "EXPERT":
        given.append("display_level=DispLevel.EXPERT")
    yield from _call(one.name, "pipe", given)
    yield f"    def read_{one.name}(self) -> tuple[str, dict[str, object]]:"
    yield f'        """Read {one.name}."""'
    yield from _region(model, f"{one.name}_read", f"return {quoted(one.name)}, {{}}")
    yield ""
    if one.access != "READ":
        yield f"    def write_{one.name}(self, blob: tuple[str, dict[str, object]]) -> None:"
        yield f'        """Set {one.name}."""'
        yield from _region(model, f"{one.name}_write")
        yield ""


def _nothing(result: str) -> str:
    if result.startswith("list"):
        return "[]"
    if result.startswith("tuple"):
        return '("", b"")' if "bytes" in result else "([], [])"
    return {"str": '""', "int": "0", "float": "0.0", "bool": "False"}[result]


def _tail(model: ClassModel) -> Iterator[str]:
    yield from _region(model, "custom_code", indent="    ")
    yield ""
    yield ""
    yield from _shared_properties(model)
    yield "def main() -> None:"
    yield '    """Run a server of the class."""'
    yield f"    run([{model.name}])"
    yield ""
    yield ""
    yield 'if __name__ == "__main__":'
    yield "    main()"
