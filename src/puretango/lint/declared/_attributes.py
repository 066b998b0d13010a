"""Attributes: what they are (G, Static attribute Properties; Data types choice; Device interface definition)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import Subject, replace_node
from puretango.lint.declared._mending import writable
from puretango.lint.words._wordlist import words
from puretango.lint.words._words import split_words
from puretango.model import AttributeModel, element_of

__all__ = ["checks", "counts_things"]

checks = Checks()


_PLACEHOLDERS = {
    "",
    "no description",
    "none",
    "tango attribute",
    "todo",
    "not specified",
    "to be defined",
    "tbd",
}


@checks.check("TA001", "TA002")
def described(subject: Subject) -> Iterator[Found]:
    """Every attribute is fully documented."""
    for member, one in subject.attributes():
        if "description" in one.unknown:
            continue
        text = one.description.strip()
        if not text:
            fix = _from_method(subject, one)
            yield Found("TA001", f"{member} has no description", one.place, member, fix)
        elif text.lower().rstrip(".") in _PLACEHOLDERS or _plain(text) == _plain(one.name):
            said = f"the description of {member} says no more than its name"
            yield Found("TA002", said, one.place, member)


def _from_method(subject: Subject, one: AttributeModel) -> Fix | None:
    """The text of the read method's docstring, which clients do not see."""
    function = subject.source.all_methods.get(one.read_method) if subject.source else None
    text = ast.get_docstring(function) if function is not None else None
    if not text:
        return None
    said = " ".join(text.split("\n\n")[0].split()).replace("\\", "").replace('"', "'")
    return subject.keyword_fix("attribute", one.name, {"doc": f'"{said}"'})


def _plain(text: str) -> str:
    return re.sub(r"[\W_]|^the ", "", text.lower())


@checks.check("TA003")
def labelled(subject: Subject) -> Iterator[Found]:
    """Attributes that operators see have a label."""
    for member, one in subject.attributes():
        if one.display_level != "OPERATOR" or "label" in one.unknown:
            continue
        if not one.label or one.label == one.name:
            label = " ".join(split_words(one.name)).capitalize()
            fix = subject.keyword_fix("attribute", one.name, {"label": f'"{label}"'})
            yield Found(
                "TA003", f"{member} has no label", one.place, member, fix, f'label="{label}"'
            )


_NOT_NEGATIVE = re.compile(
    r"^(num|nb|nof|number_?of|no_?of)(?=[A-Z_])|(?i:count|counts|index|size|samples|channels|pixels)$"
)


def counts_things(name: str) -> bool:
    """True for names of numbers that cannot be negative or fractional: ``numSamples``, ``frameCount``."""
    return bool(_NOT_NEGATIVE.search(name))


@checks.check("TA019")
def unsigned_counts(subject: Subject) -> Iterator[Found]:
    """Counts are unsigned."""
    for member, one in subject.attributes():
        if not one.is_numeric or "data_type" in one.unknown or one.data_type.startswith("DevU"):
            continue
        if counts_things(one.name):
            wanted = {"DevLong64": "DevULong64", "DevShort": "DevUShort"}.get(
                one.data_type, "DevULong"
            )
            fix = _retyped(subject, one, wanted)
            said = f"{member} counts things and is {one.data_type}, not {wanted}"
            yield Found("TA019", said, one.place, member, fix)


def _retyped(subject: Subject, one: AttributeModel, wanted: str) -> Fix | None:
    declaration = subject.declared("attribute", one.name)
    if declaration is None or one.data_format != "SCALAR" or declaration.keyword("dtype") is None:
        return None
    if one.is_float and any((one.format, one.min_value, one.max_value)):
        return None
    word = {"DevULong": "uint32", "DevULong64": "uint64", "DevUShort": "uint16"}[wanted]
    return subject.keyword_fix(
        "attribute",
        one.name,
        {"dtype": f'"{word}"'},
        safe=False,
        clients=f"the type of attribute {one.name} is {wanted}",
    )


_CHOICE = re.compile(
    r"\b0\s*[:=]|\b0\s*(?:is|means|for)\s|\b0\s*/\s*1\s*/\s*2|(?:one|either) of\b.*(?:,|\bor\b)"
)


@checks.check("TA020")
def fixed_meanings(subject: Subject) -> Iterator[Found]:
    """Numbers with fixed meanings are an enumeration; 0 and 1 are a boolean."""
    for member, one in subject.attributes():
        if one.data_format != "SCALAR" or "data_type" in one.unknown:
            continue
        text = one.description.lower()
        last = (split_words(one.name) or [""])[-1].lower()
        if one.is_integer and (_CHOICE.search(text) or last == "mode"):
            said = f"{member} is {one.data_type} with fixed meanings: DevEnum (or DevBoolean)"
            yield Found("TA020", said, one.place, member)
        elif one.data_type == "DevString" and one.is_writable and _CHOICE.search(text):
            yield Found(
                "TA020", f"{member} is a text with fixed choices: DevEnum", one.place, member
            )


_EXPERT = words(
    "raw debug calibration calib test offset pid register registers dump gain firmware "
    "internal diagnostic diagnostics"
)


@checks.check("TA023")
def expert_level(subject: Subject) -> Iterator[Found]:
    """Attributes for maintenance are for experts only."""
    for member, one in subject.attributes():
        parts = {word.lower() for word in split_words(one.name)}
        hit = parts & _EXPERT
        if one.display_level == "OPERATOR" and hit and "display_level" not in one.unknown:
            fix = subject.keyword_fix("attribute", one.name, {"display_level": "DispLevel.EXPERT"})
            if fix is not None:
                library = "puretango" if subject.model.library == "puretango" else "tango"
                fix = Fix(fix.edits, fix.safe, fix.clients, ((library, "DispLevel"),))
            said = f"{member} is for maintenance ({min(hit)}) and at OPERATOR level"
            yield Found("TA023", said, one.place, member, fix)


@checks.check("TA024")
def all_for_operators(subject: Subject) -> Iterator[Found]:
    """Only what nominal control needs is at OPERATOR level."""
    model = subject.model
    levels = [one.display_level for one in model.own_attributes()]
    levels += [one.display_level for one in model.own_commands()]
    if len(levels) > 15 and set(levels) == {"OPERATOR"}:
        yield Found("TA024", f"all {len(levels)} attributes and commands are at OPERATOR level")


@checks.check("TA015", "TA016")
def access(subject: Subject) -> Iterator[Found]:
    """READ and READ_WRITE answer practically all cases."""
    for member, one in subject.attributes():
        if one.access == "WRITE" and "access" not in one.unknown:
            said = f"{member} is WRITE: clients cannot read what was set"
            yield Found("TA015", said, one.place, member, _readable(subject, one))
        if one.access == "READ_WITH_WRITE":
            said = f"{member} is READ_WITH_WRITE, which is deprecated"
            yield Found("TA016", said, one.place, member, _of_its_own(subject, one))
        elif one.writable_attr_name:
            said = f"{member} uses writable_attr_name, which is deprecated"
            fix = subject.keyword_fix(
                "attribute",
                one.name,
                {"associated": ""},
                safe=False,
                clients=f"the set value of attribute {one.name} is its own",
            )
            yield Found("TA016", said, one.place, member, fix)


def _of_its_own(subject: Subject, one: AttributeModel) -> Fix | None:
    """The fix to READ: the set value has an attribute of its own already."""
    declaration = subject.declared("attribute", one.name)
    access = declaration.keyword("access") if declaration is not None else None
    if access is None or not isinstance(access.value, ast.Attribute):
        return None
    text = ast.unparse(access.value.value) + ".READ"
    clients = f"attribute {one.name} is READ: its set value is read of its own attribute"
    return subject.keyword_fix(
        "attribute", one.name, {"access": text, "associated": ""}, False, clients
    )


def _readable(subject: Subject, one: AttributeModel) -> Fix | None:
    """The fix to READ_WRITE, reading the value set last."""
    declaration = subject.declared("attribute", one.name)
    write = subject.source.methods.get(one.write_method) if subject.source else None
    access = declaration.keyword("access") if declaration is not None else None
    if write is None or access is None or not isinstance(access.value, ast.Attribute):
        return None
    if subject.source is None or one.read_method in subject.source.all_methods:
        return None
    text = ast.unparse(access.value.value) + ".READ_WRITE"
    line = min([write.lineno, *(each.lineno for each in write.decorator_list)])
    indent = " " * write.col_offset
    method = (
        f"def {one.read_method}(self):\n{indent}    "
        f'return self.get_device_attr().get_attr_by_name("{one.name}").get_write_value()\n\n{indent}'
    )
    start = write.col_offset
    edits = (replace_node(access.value, text), Edit(line, start, line, start, method))
    return Fix(edits, False, f"attribute {one.name} can be read: it gives what was set last")


@checks.check("TA017")
def dimensions(subject: Subject) -> Iterator[Found]:
    """Spectra and images say how large they can be."""
    for member, one in subject.attributes():
        if one.data_format == "SCALAR" or {"data_format", "max_dim_x"} & one.unknown:
            continue
        if one.max_dim_x < 1 or (subject.model.origin == "source" and "max_dim_x" not in one.given):
            said = f"{member} is a {one.data_format} without max_dim_x: 1 is taken"
            yield Found("TA017", said, one.place, member)
        elif one.data_format == "IMAGE" and one.max_dim_y < 1 and "max_dim_y" not in one.unknown:
            yield Found("TA017", f"{member} is an IMAGE without max_dim_y", one.place, member)


@checks.check("TA025")
def set_by_command(subject: Subject) -> Iterator[Found]:
    """An attribute replaces a getter and a setter."""
    commands = {one.name.lower().replace("_", ""): one for one in subject.model.own_commands()}
    for member, one in subject.attributes():
        plain = one.name.lower().replace("_", "")
        for word in ("set", "write"):
            command = commands.get(word + plain)
            if command is not None and one.access == "READ":
                said = f"{member} is READ and command {command.name} sets it: make it READ_WRITE"
                fix = writable(subject, one, command)
                yield Found("TA025", said, command.place, f"command {command.name}", fix)


_QUANTITY = re.compile(
    r"(?i)^(get|read|measure|fetch)_?(position|temperature|current|voltage|pressure|power|speed|"
    r"velocity|frequency|level|flow|energy|angle|intensity|field|humidity|counts?)"
)


@checks.check("TA030")
def value_by_command(subject: Subject) -> Iterator[Found]:
    """Only attributes are archived, polled with a history, alarmed."""
    known = {one.name.lower().replace("_", "") for one in subject.model.attributes}
    for one in subject.model.own_commands():
        found = _QUANTITY.match(one.name)
        if not found or one.argin.data_type != "DevVoid" or "argout" in one.unknown:
            continue
        rest = re.sub(r"(?i)^(get|read|measure|fetch)_?", "", one.name).lower().replace("_", "")
        numeric = element_of(one.argout.data_type) not in ("DevVoid", "DevString", "DevState")
        if numeric and rest not in known:
            said = f"{rest} is offered only by command {one.name}: it cannot be archived"
            yield Found("TA030", said, one.place, f"command {one.name}")


@checks.check("TA031")
def pipes(subject: Subject) -> Iterator[Found]:
    """Pipes are slated for removal."""
    for one in subject.model.pipes:
        yield Found("TA031", f"pipe {one.name}: pipes are slated for removal", one.place)


@checks.check("TM001", "TM005")
def memorized(subject: Subject) -> Iterator[Found]:
    """Only writable scalars can be memorized, and set points should be."""
    for member, one in subject.attributes():
        if one.memorized or one.hw_memorized:
            if not one.is_writable:
                yield Found("TM001", f"{member} is memorized and READ", one.place, member)
            elif one.data_format != "SCALAR":
                yield Found("TM001", f"{member} is memorized and no SCALAR", one.place, member)
        elif one.access == "READ_WRITE" and one.is_numeric and one.data_format == "SCALAR":
            parts = {word.lower() for word in split_words(one.name)}
            if parts & _KEPT and "memorized" not in one.unknown:
                fix = subject.keyword_fix("attribute", one.name, {"memorized": "True"})
                said = f"{member} is a setting that is lost when the server restarts"
                yield Found("TM005", said, one.place, member, fix)


_KEPT = frozenset(["speed", "velocity", "acceleration", "deceleration", "gain", "backlash"])
