"""Documentation of the class itself (G, Device generation; Reusability; Implementation of logging)."""

from __future__ import annotations

from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import Subject
from puretango.model import Identification

__all__ = ["checks"]

checks = Checks()


@checks.check("TD001")
def class_described(subject: Subject) -> Iterator[Found]:
    """The device behaviour is specified and documented."""
    text = subject.model.description.strip()
    if not text or text == "A TANGO device":
        fix = None
        source = subject.source
        if source is not None and not text:
            first = source.node.body[0]
            column = first.col_offset
            line = min(
                [first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))]
            )
            said = f'"""{source.name}: what it does, and for whom."""\n\n{" " * column}'
            fix = Fix((Edit(line, column, line, column, said),))
        yield Found("TD001", f"class {subject.model.name} has no description", fix=fix)


@checks.check("TD002")
def identified(subject: Subject) -> Iterator[Found]:
    """A class says what it is for and whom to ask."""
    model = subject.model
    if model.origin == "xmi":
        said = model.identification
        if said == Identification() or not (said.contact and said.class_family):
            yield Found("TD002", f"class {model.name} has no identification (contact, family)")
    elif model.origin == "source" and "Contact:" not in model.description:
        yield Found(
            "TD002",
            f"class {model.name} has no identification",
            advice="lines 'Contact:', 'Family:', 'Manufacturer:', 'Bus:' in its description",
        )


@checks.check("TD005")
def tables(subject: Subject) -> Iterator[Found]:
    """States, and properties with a value to begin with."""
    model = subject.model
    if model.origin == "live":
        return
    if model.origin == "xmi" and not model.states and list(model.own_commands()):
        yield Found("TD005", f"class {model.name} describes no state")
    for one in model.device_properties:
        text = one.description.lower()
        example = any(word in text for word in ("example", "e.g", "eg:", "for instance", "such as"))
        if one.mandatory and one.description and not example:
            said = f"property {one.name} is mandatory and its description gives no example"
            yield Found("TD005", said, one.place, f"property {one.name}")


@checks.check("TL008")
def log_attribute(subject: Subject) -> Iterator[Found]:
    """An attribute log, strings spectrum type, is highly recommended."""
    model = subject.model
    if model.origin == "source" and not model.complete:
        return
    if model.origin == "source" and any("LogAttribute" in one.class_name for one in model.bases):
        return
    if model.origin == "import" and any("LogAttribute" in one.class_name for one in model.bases):
        return
    log = model.attribute("log")
    if log is None or log.data_type != "DevString":
        yield Found("TL008", f"class {model.name} has no attribute log", fix=_log_fix(subject))


def _log_fix(subject: Subject) -> Fix | None:
    source = subject.source
    if source is None or subject.model.library != "puretango" or not source.node.bases:
        return None
    first = source.node.bases[0]
    edit = Edit(
        first.lineno, first.col_offset, first.lineno, first.col_offset, "LogAttributeMixin, "
    )
    return Fix((edit,), True, "", (("puretango.server", "LogAttributeMixin"),))
