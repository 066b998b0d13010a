"""Page: what the documentation of a class says, section by section, before it is Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from puretango.lint import deviations, interface_stamp
from puretango.model import AttributeModel, ClassModel, CommandModel, PropertyModel

__all__ = ["Page", "Section", "class_page"]


@dataclass
class Section:
    """A title, paragraphs, and a table; ``states`` asks for the drawing of states."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    head: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    code: str = ""
    states: bool = False


@dataclass
class Page:
    """The page of one class."""

    title: str
    stamp: str
    sections: list[Section]
    model: ClassModel


_GUIDELINE = re.compile(r"\n?\s*Guideline:\s*[A-Z]{2}\d{3}.*?because.*", re.DOTALL)


def class_page(model: ClassModel) -> Page:
    """The documentation of a class from its model."""
    sections = [
        _about(model),
        _identification(model),
        _states(model),
        _properties("Device properties", model.device_properties),
        _properties("Class properties", model.class_properties),
        _attributes(model),
        _configuration(model),
        _commands(model),
        _start(model),
        _deviations(model),
    ]
    return Page(
        model.name,
        interface_stamp(model),
        [one for one in sections if one.paragraphs or one.rows or one.code],
        model,
    )


def _plain(text: str) -> str:
    """A description without the lines that give reasons, on one line."""
    return " ".join(_GUIDELINE.sub("", text).split())


def _about(model: ClassModel) -> Section:
    text = _GUIDELINE.sub("", model.description)
    states = {one.name for one in model.states}
    lines = [
        line
        for line in text.splitlines()
        if not re.match(rf"^\W*({'|'.join(states)})\W*:", line) or not states
    ]
    paragraphs = [" ".join(one.split()) for one in "\n".join(lines).split("\n\n")]
    kept = [one for one in paragraphs if one and one.rstrip(":").lower() != "states"]
    return Section("Description", kept or ["(no description)"])


def _identification(model: ClassModel) -> Section:
    said = model.identification
    rows = [
        (title, text)
        for title, text in (
            ("Family", said.class_family),
            ("Contact", said.contact),
            ("Platform", said.platform),
            ("Bus", said.bus),
            ("Manufacturer", said.manufacturer),
            ("Reference", said.reference),
            ("Key words", ", ".join(said.key_words)),
            ("Licence", model.license),
        )
        if text and text.lower() not in ("none", "not applicable")
    ]
    return Section("Identification", head=("", ""), rows=rows)


def _states(model: ClassModel) -> Section:
    rows = [(one.name, _plain(one.description), _ways(model, one.name)) for one in model.states]
    return Section("States", head=("State", "Meaning", "Set by"), rows=rows, states=bool(rows))


def _ways(model: ClassModel, state: str) -> str:
    return ", ".join(by for _, to, by in model.transitions if to == state)


def _properties(title: str, properties: tuple[PropertyModel, ...]) -> Section:
    rows = [
        (
            one.name,
            one.data_type,
            "mandatory" if one.mandatory else ", ".join(one.default or ()) or "–",
            _plain(one.description),
        )
        for one in properties
    ]
    return Section(title, head=("Property", "Type", "Default", "Description"), rows=rows)


def _type(one: AttributeModel) -> str:
    if one.data_format == "SPECTRUM":
        return f"{one.data_type}[{one.max_dim_x}]"
    if one.data_format == "IMAGE":
        return f"{one.data_type}[{one.max_dim_y}, {one.max_dim_x}]"
    if one.enum_labels:
        return f"{one.data_type}: {', '.join(one.enum_labels)}"
    return one.data_type


def _attributes(model: ClassModel) -> Section:
    rows = []
    for one in model.own_attributes():
        marks = [one.access.replace("_", "/")]
        marks += ["expert"] if one.display_level == "EXPERT" else []
        marks += ["memorized"] if one.memorized else []
        rows.append((one.name, _type(one), one.unit, ", ".join(marks), _plain(one.description)))
    return Section(
        "Attributes", head=("Attribute", "Type", "Unit", "Access", "Description"), rows=rows
    )


def _range(low: str, high: str) -> str:
    return f"{low or '…'} to {high or '…'}" if low or high else ""


def _configuration(model: ClassModel) -> Section:
    rows = []
    for one in model.own_attributes():
        polled = f"{one.polling_period} ms" if one.polling_period else ""
        change = " / ".join(
            text for text in (one.abs_change, one.rel_change and f"{one.rel_change} %") if text
        )
        archive = " / ".join(
            text
            for text in (
                one.archive_abs_change,
                one.archive_rel_change and f"{one.archive_rel_change} %",
                one.archive_period and f"{one.archive_period} ms",
            )
            if text
        )
        row = (
            one.name,
            _range(one.min_value, one.max_value),
            _range(one.min_alarm, one.max_alarm),
            change,
            archive,
            polled,
        )
        if any(row[1:]):
            rows.append(row)
    head = ("Attribute", "Range", "Alarm outside", "Change event", "Archive event", "Polled")
    return Section("Ranges, alarms and events", head=head, rows=rows)


def _argument(argument: object) -> str:
    data_type = getattr(argument, "data_type", "DevVoid")
    text = _plain(getattr(argument, "description", ""))
    return "–" if data_type == "DevVoid" else f"{data_type} {text}".strip()


def _commands(model: ClassModel) -> Section:
    rows = [
        (
            one.name + (" (expert)" if one.display_level == "EXPERT" else ""),
            _argument(one.argin),
            _argument(one.argout),
            _refused(one),
            _first(one.description),
        )
        for one in model.own_commands()
    ]
    head = ("Command", "Argument", "Result", "Refused in", "Description")
    return Section("Commands", head=head, rows=rows)


def _refused(one: CommandModel) -> str:
    return ", ".join(one.excluded_states)


def _first(text: str) -> str:
    """A docstring's first paragraph: what follows is for Python's readers."""
    return _plain(text.split("\n\n", maxsplit=1)[0])


def _start(model: ClassModel) -> Section:
    name = model.name
    device = f"lab/{name.lower()}/1"
    lines = [f"puretango add {name}/test {name} {device}"]
    lines += [
        f"puretango prop put {device} {one.name} …"
        for one in model.device_properties
        if one.mandatory
    ]
    lines += [f"{name} test", f"puretango read {device}/State"]
    return Section("First start", code="\n".join(lines))


def _deviations(model: ClassModel) -> Section:
    rows = [(one.rule, one.member or "the class", one.reason) for one in deviations(model)]
    return Section("Deviations from the guidelines", head=("Rule", "Where", "Reason"), rows=rows)
