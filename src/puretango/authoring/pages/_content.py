"""The contents of a class page as plain sections, for the two writers, Markdown and HTML."""

from __future__ import annotations

from dataclasses import dataclass, field

from puretango.lint import deviations
from puretango.model import AttributeModel, ClassModel, CommandModel, PropertyModel, prose_of

__all__ = ["Page", "Section", "Table", "page_of"]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the contents under it."""

    title: str
    text: str = ""
    table: Table | None = None
    code: str = ""
    draws_states: bool = False
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page; ``model`` is the model that it was made from."""

    title: str
    text: str
    model: ClassModel
    sections: list[Section] = field(default_factory=list)


def page_of(model: ClassModel) -> Page:
    """The page of a device class: everything on Pogo's page, and what that leaves out.

    Source: Pogo's generated documentation; the guidelines, *Device generation*.
    """
    text = (
        clean(prose_of(model.description)) or f"The device class {model.name} has no description."
    )
    page = Page(model.name, text, model)
    for section in (
        _identification(model),
        _states(model),
        _properties("Device properties", model.device_properties),
        _properties("Class properties", model.class_properties),
        _attributes(model),
        _commands(model),
        _pipes(model),
        _errors(model),
        _first_start(model),
        _deviations(model),
    ):
        if section is not None:
            page.sections.append(section)
    return page


def clean(text: str) -> str:
    """A description without the lines that justify a deviation, which have a section of their own."""
    lines = [line for line in text.strip().splitlines() if "Guideline:" not in line]
    return "\n".join(line.strip() for line in lines).strip()


def _row(text: str) -> str:
    return " ".join(clean(text).split())


def _identification(model: ClassModel) -> Section | None:
    found = model.identification
    rows = [
        ("Contact", found.contact and f"{found.contact}@{found.email_domain}".rstrip("@")),
        ("Author", found.author),
        ("Family", found.class_family),
        ("Platform", found.platform),
        ("Bus", found.bus),
        ("Manufacturer", found.manufacturer),
        ("Reference", found.reference),
        ("Key words", ", ".join(found.key_words)),
        ("Inherits from", ", ".join(one.class_name for one in model.bases)),
        ("Licence", model.license),
    ]
    said = tuple((name, text) for name, text in rows if text)
    return Section("Identification", table=Table(("", ""), said)) if said else None


def _states(model: ClassModel) -> Section | None:
    if not model.states:
        return None
    rows = tuple((one.name, _row(one.description)) for one in model.states)
    return Section("States", table=Table(("State", "Meaning"), rows), draws_states=True)


def _properties(title: str, properties: tuple[PropertyModel, ...]) -> Section | None:
    if not properties:
        return None
    rows = tuple(
        (one.name, one.data_type, _default(one), _row(one.description)) for one in properties
    )
    return Section(title, table=Table(("Property", "Type", "Default", "Meaning"), rows))


def _default(one: PropertyModel) -> str:
    if one.mandatory:
        return "mandatory"
    if "default" in one.unknown:
        return "(computed)"
    return ", ".join(one.default) if one.default else "none"


def _attributes(model: ClassModel) -> Section | None:
    if not model.attributes:
        return None
    rows = tuple(
        (one.name, _type(one), one.access, one.unit or "–", _row(one.description))
        for one in model.attributes
    )
    table = Table(("Attribute", "Type", "Access", "Unit", "Meaning"), rows)
    details = tuple(section for one in model.attributes if (section := _attribute(one)) is not None)
    return Section("Attributes", table=table, sections=details)


def _type(one: AttributeModel) -> str:
    size = {"SCALAR": "", "SPECTRUM": f"[{one.max_dim_x}]"}.get(
        one.data_format, f"[{one.max_dim_x} × {one.max_dim_y}]"
    )
    return f"{one.data_type}{size}"


def _range(low: str, high: str) -> str:
    return f"{low or '…'} to {high or '…'}" if low or high else ""


def _attribute(one: AttributeModel) -> Section | None:
    rows = [
        ("Label", one.label),
        ("Level", one.display_level if one.display_level != "OPERATOR" else ""),
        ("Display unit", one.display_unit),
        ("Standard unit", one.standard_unit),
        ("Format", one.format),
        ("Values", ", ".join(f"{n} {label}" for n, label in enumerate(one.enum_labels))),
        ("Set values", _range(one.min_value, one.max_value)),
        ("Alarm outside", _range(one.min_alarm, one.max_alarm)),
        ("Warning outside", _range(one.min_warning, one.max_warning)),
        ("Alarm on difference", one.delta_val and f"{one.delta_val} after {one.delta_t} ms"),
        ("Change event", _change(one.change_event, one.abs_change, one.rel_change)),
        (
            "Archive event",
            _change(one.archive_event, one.archive_abs_change, one.archive_rel_change),
        ),
        ("Archive period", one.archive_period and f"{one.archive_period} ms"),
        ("Polled", f"each {one.polling_period} ms" if one.polling_period else ""),
        ("Memorized", _memorized(one)),
        ("Not read in", ", ".join(one.read_excluded_states)),
        ("Not written in", ", ".join(one.write_excluded_states)),
        ("Data ready event", "pushed" if one.data_ready_event else ""),
    ]
    said = tuple((name, text) for name, text in rows if text)
    return Section(one.name, clean(one.description), Table(("", ""), said)) if said else None


def _change(pushed: tuple[bool, bool], absolute: str, relative: str) -> str:
    criteria = [f"±{absolute}" if absolute else "", f"±{relative} %" if relative else ""]
    words = " or ".join(filter(None, criteria))
    if pushed[0]:
        checked = "if it passes its criteria" if pushed[1] else "each time"
        return f"pushed by the device, sent {checked}" + (f" ({words})" if words else "")
    return words


def _memorized(one: AttributeModel) -> str:
    if not one.memorized:
        return ""
    return "written again at the start" if one.hw_memorized else "kept, not written at the start"


def _argument(data_type: str, text: str) -> str:
    return data_type if not text else f"{data_type}: {_row(text)}"


def _commands(model: ClassModel) -> Section | None:
    if not model.commands:
        return None
    rows = tuple(_command(one) for one in model.commands)
    columns = ("Command", "Argument", "Result", "Not in", "Meaning")
    return Section("Commands", table=Table(columns, rows))


def _command(one: CommandModel) -> tuple[str, ...]:
    return (
        one.name,
        _argument(one.argin.data_type, one.argin.description),
        _argument(one.argout.data_type, one.argout.description),
        ", ".join(one.excluded_states) or "–",
        _row(one.description),
    )


def _pipes(model: ClassModel) -> Section | None:
    if not model.pipes:
        return None
    rows = tuple((one.name, one.access, _row(one.description)) for one in model.pipes)
    return Section("Pipes", table=Table(("Pipe", "Access", "Meaning"), rows))


def _errors(model: ClassModel) -> Section | None:
    rows = [
        (
            "API_WAttrOutsideLimit",
            f"{one.name} is set outside {_range(one.min_value, one.max_value)}",
        )
        for one in model.attributes
        if one.min_value or one.max_value
    ]
    rows += [
        ("API_CommandNotAllowed", f"{one.name} is called in {', '.join(one.excluded_states)}")
        for one in model.commands
        if one.excluded_states
    ]
    rows += [
        ("API_AttrNotAllowed", f"{one.name} is {verb} in {', '.join(states)}")
        for one in model.attributes
        for verb, states in (
            ("read", one.read_excluded_states),
            ("written", one.write_excluded_states),
        )
        if states
    ]
    if not rows:
        return None
    return Section("Errors", table=Table(("Reason", "When"), tuple(rows)))


def _first_start(model: ClassModel) -> Section:
    required = [one.name for one in model.device_properties if one.mandatory]
    lines = [f"puretango add {model.name}/1 {model.name} lab/{model.name.lower()}/1"]
    lines += [f"puretango prop lab/{model.name.lower()}/1 {name} VALUE" for name in required]
    lines.append(f"{model.name} 1")
    text = "Register a server with one device, set what is mandatory, start it:"
    return Section("First start", text, code="\n".join(lines))


def _deviations(model: ClassModel) -> Section | None:
    rows = tuple((one.rule, one.member or "the class", one.reason) for one in deviations(model))
    if not rows:
        return None
    text = "Rules of the guidelines that are not followed, and why:"
    return Section("Deviations", text, Table(("Rule", "Where", "Reason"), rows))
