"""Pogo's .xmi files read: classes with all that ClassModel has, and multi-classes.

The parsed document is kept beside the models, so that writing them back loses nothing: see
:mod:`puretango.model.pogo._xmiwriter`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from puretango.model._classmodel import (
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    Identification,
    Inheritance,
    PipeModel,
    PropertyModel,
    StateModel,
)
from puretango.model._place import Place
from puretango.model.pogo._xmitypes import tango_type
from puretango.model.pogo._xml import BadXml, parse_xml

__all__ = [
    "CONFIGURATION",
    "IDENTIFICATION",
    "MultiClasses",
    "PogoFile",
    "ancestors",
    "parse_xmi",
    "read_xmi",
]

CONFIGURATION = {
    "description": "description",
    "label": "label",
    "unit": "unit",
    "standardUnit": "standard_unit",
    "displayUnit": "display_unit",
    "format": "format",
    "maxValue": "max_value",
    "minValue": "min_value",
    "maxAlarm": "max_alarm",
    "minAlarm": "min_alarm",
    "maxWarning": "max_warning",
    "minWarning": "min_warning",
    "deltaTime": "delta_t",
    "deltaValue": "delta_val",
}
"""Pogo's name and ours of each modifiable property of an attribute, in Pogo's order."""

IDENTIFICATION = {
    "contact": "contact",
    "author": "author",
    "emailDomain": "email_domain",
    "classFamily": "class_family",
    "siteSpecific": "site_specific",
    "platform": "platform",
    "bus": "bus",
    "manufacturer": "manufacturer",
    "reference": "reference",
}


@dataclass(frozen=True, slots=True)
class MultiClasses:
    """Several classes in one server: its name, and the classes with the folders of their files."""

    name: str
    description: str = ""
    title: str = ""
    classes: tuple[Inheritance, ...] = ()


@dataclass(frozen=True, slots=True)
class PogoFile:
    """A Pogo file: its models, and the document that they were read from."""

    path: str
    root: Element
    models: tuple[ClassModel, ...]
    multi: tuple[MultiClasses, ...] = ()

    @property
    def model(self) -> ClassModel:
        """The only class; ValueError if there are none or several."""
        if len(self.models) != 1:
            raise ValueError(f"{self.path}: {len(self.models)} classes, not one")
        return self.models[0]


def read_xmi(path: str | Path) -> PogoFile:
    """Read a Pogo file; BadXml if it is not one, OSError if it cannot be read."""
    return parse_xmi(Path(path).read_bytes(), str(path))


def parse_xmi(data: bytes, path: str = "") -> PogoFile:
    """Read a Pogo file's octets; BadXml if they are not one."""
    root = parse_xml(data)
    if root.tag.rpartition(":")[2] != "PogoSystem":
        raise BadXml(f"the root is {root.tag}, not pogoDsl:PogoSystem")
    models = tuple(_class(one, path) for one in root.findall("classes"))
    multi = tuple(_multi(one) for one in root.findall("multiClasses"))
    return PogoFile(path, root, models, multi)


def _multi(element: Element) -> MultiClasses:
    return MultiClasses(
        element.get("name", ""),
        element.get("description", ""),
        element.get("title", ""),
        tuple(
            Inheritance(one.get("classname", ""), one.get("sourcePath", ""))
            for one in element.findall("classes")
        ),
    )


def _class(element: Element, path: str) -> ClassModel:
    about = element.find("description")
    about = Element("description") if about is None else about
    place = Place(path)
    dynamic = [_attribute(one, place, True) for one in element.findall("dynamicAttributes")]
    forwarded = [_forwarded(one, place) for one in element.findall("forwardedAttributes")]
    return ClassModel(
        name=element.get("name", ""),
        description=about.get("description", ""),
        title=about.get("title", ""),
        language=about.get("language", ""),
        license=about.get("license", ""),
        copyright=about.get("copyright", ""),
        bases=tuple(
            Inheritance(one.get("classname", ""), one.get("sourcePath", ""))
            for one in about.findall("inheritances")
        ),
        identification=_identification(about.find("identification")),
        class_properties=tuple(_property(p, place) for p in element.findall("classProperties")),
        device_properties=tuple(_property(p, place) for p in element.findall("deviceProperties")),
        commands=tuple(
            _command(one, place, one.tag == "dynamicCommands")
            for one in element
            if one.tag in ("commands", "dynamicCommands")
        ),
        attributes=(
            *(_attribute(one, place, False) for one in element.findall("attributes")),
            *dynamic,
            *forwarded,
        ),
        pipes=tuple(_pipe(one, place) for one in element.findall("pipes")),
        states=tuple(
            StateModel(
                name=one.get("name", ""), description=one.get("description", ""), place=place
            )
            for one in element.findall("states")
        ),
        origin="xmi",
        place=place,
    )


def _identification(element: Element | None) -> Identification:
    if element is None:
        return Identification()
    said = {ours: element.get(pogo, "") for pogo, ours in IDENTIFICATION.items()}
    words = tuple((one.text or "").strip() for one in element.findall("keyWords"))
    return Identification(**said, key_words=words)


def _type(element: Element | None, child: str) -> str:
    found = element.find(child) if element is not None else None
    return "DevVoid" if found is None else tango_type(found.get("xsi:type", ""))


def _texts(element: Element, tag: str) -> tuple[str, ...]:
    return tuple((one.text or "").strip() for one in element.findall(tag))


def number_of(text: str | None) -> int:
    """The integer in a text of Pogo's; 0 if it is none."""
    try:
        return int(float(text or 0))
    except (ValueError, OverflowError):
        return 0


def _property(element: Element, place: Place) -> PropertyModel:
    default = tuple(one.text or "" for one in element.findall("DefaultPropValue"))
    return PropertyModel(
        name=element.get("name", ""),
        data_type=_type(element, "type"),
        description=element.get("description", ""),
        default=default or None,
        mandatory=element.get("mandatory") == "true",
        place=place,
    )


def _argument(element: Element | None) -> ArgumentModel:
    description = element.get("description", "") if element is not None else ""
    return ArgumentModel(_type(element, "type"), description)


def _command(element: Element, place: Place, dynamic: bool) -> CommandModel:
    name = element.get("name", "")
    return CommandModel(
        name=name,
        argin=_argument(element.find("argin")),
        argout=_argument(element.find("argout")),
        description=element.get("description", ""),
        display_level=element.get("displayLevel", "OPERATOR"),
        polling_period=number_of(element.get("polledPeriod")),
        excluded_states=_texts(element, "excludedStates"),
        method=element.get("execMethod", ""),
        is_allowed_method=f"is_{name}_allowed"
        if element.find("excludedStates") is not None
        else "",
        dynamic=dynamic or element.get("isDynamic") == "true",
        place=place,
    )


def _fires(element: Element | None) -> tuple[bool, bool]:
    if element is None:
        return (False, True)
    return element.get("fire") == "true", element.get("libCheckCriteria") == "true"


def _attribute(element: Element, place: Place, dynamic: bool) -> AttributeModel:
    name = element.get("name", "")
    properties = element.find("properties")
    said: dict[str, Any] = {
        ours: properties.get(pogo, "") if properties is not None else ""
        for pogo, ours in CONFIGURATION.items()
    }
    for tag, prefix in (("eventCriteria", ""), ("evArchiveCriteria", "archive_")):
        criteria = element.find(tag)
        if criteria is not None:
            said[f"{prefix}abs_change"] = criteria.get("absChange", "")
            said[f"{prefix}rel_change"] = criteria.get("relChange", "")
            said[f"{prefix}period"] = criteria.get("period", "")
    ready = element.find("dataReadyEvent")
    return AttributeModel(
        name=name,
        data_type=_type(element, "dataType"),
        data_format=element.get("attType", "Scalar").upper(),
        access=element.get("rwType", "READ"),
        max_dim_x=number_of(element.get("maxX")) or 1,
        max_dim_y=number_of(element.get("maxY")),
        display_level=element.get("displayLevel", "OPERATOR"),
        polling_period=number_of(element.get("polledPeriod")),
        memorized=element.get("memorized") == "true",
        hw_memorized=element.get("memorizedAtInit") == "true",
        enum_labels=_texts(element, "enumLabels"),
        dynamic=dynamic or element.get("isDynamic") == "true",
        change_event=_fires(element.find("changeEvent")),
        archive_event=_fires(element.find("archiveEvent")),
        data_ready_event=ready is not None and ready.get("fire") == "true",
        read_excluded_states=_texts(element, "readExcludedStates"),
        write_excluded_states=_texts(element, "writeExcludedStates"),
        read_method=f"read_{name}",
        write_method=f"write_{name}",
        is_allowed_method=f"is_{name}_allowed",
        given=frozenset(field for field, text in said.items() if text) | {"max_dim_x", "max_dim_y"},
        place=place,
        **said,
    )


def _forwarded(element: Element, place: Place) -> AttributeModel:
    return AttributeModel(
        name=element.get("name", ""), label=element.get("label", ""), forwarded=True, place=place
    )


def _pipe(element: Element, place: Place) -> PipeModel:
    return PipeModel(
        name=element.get("name", ""),
        description=element.get("description", ""),
        label=element.get("label", ""),
        access=element.get("rwType", "READ"),
        display_level=element.get("displayLevel", "OPERATOR"),
        place=place,
    )


def ancestors(path: str | Path) -> list[PogoFile]:
    """The files of the classes that a file's class inherits from, nearest first.

    A base's file is looked for beside the class's own, then in the folder that the file names.
    Missing files are left out; BadXml for a class that inherits from itself.
    """
    found: list[PogoFile] = []
    seen = {Path(path).resolve()}
    waiting = [read_xmi(path)]
    while waiting:
        one = waiting.pop(0)
        here = Path(one.path).parent
        for model in one.models:
            for base in model.bases:
                file = _file_of(base, here)
                if file is None:
                    continue
                if file in seen:
                    raise BadXml(f"{one.path}: {model.name} inherits from itself, through {file}")
                seen.add(file)
                found.append(read_xmi(file))
                waiting.append(found[-1])
    return found


def _file_of(base: Inheritance, here: Path) -> Path | None:
    if not base.class_name or base.class_name.startswith("Device_"):
        return None
    for folder in (here, Path(base.source_path) if base.source_path else here):
        file = folder / f"{base.class_name}.xmi"
        if file.is_file():
            return file.resolve()
    return None
