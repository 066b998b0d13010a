"""Pogo's .xmi files written: a new document, or an existing one brought up to date.

In an existing document only what differs from the model is changed: comments, preferences,
inheritance marks, additional files and whatever later Pogo versions add stay as they are.
"""

from __future__ import annotations

import copy
from xml.etree.ElementTree import Element, SubElement

from puretango.model._classmodel import (
    STANDARD_COMMANDS,
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    PipeModel,
    PropertyModel,
    StateModel,
)
from puretango.model.pogo._xmi import CONFIGURATION, IDENTIFICATION, PogoFile, number_of
from puretango.model.pogo._xmitypes import pogo_type, tango_type
from puretango.model.pogo._xml import xml_text

__all__ = ["write_xmi"]

_REVISION = "9.9"
_ORDER = [
    "description",
    "classProperties",
    "deviceProperties",
    "commands",
    "dynamicCommands",
    "attributes",
    "dynamicAttributes",
    "forwardedAttributes",
    "pipes",
    "states",
    "preferences",
    "additionalFiles",
    "overlodedPollPeriodObject",
]
_BASES = {"Device", "DeviceImpl", "LatestDeviceImpl", "BaseDevice", "object", ""}


def write_xmi(model: ClassModel, onto: PogoFile | None = None) -> bytes:
    """The document of a model; ``onto`` is the file that it replaces, if there is one."""
    root = copy.deepcopy(onto.root) if onto is not None else _system()
    element = next((one for one in root.findall("classes") if one.get("name") == model.name), None)
    if element is None:
        element = SubElement(root, "classes", {"name": model.name, "pogoRevision": _REVISION})
        SubElement(element, "description")
        SubElement(element, "preferences", {"docHome": "./doc_html"})
    _Writer(element, model).write()
    return xml_text(root)


def _system() -> Element:
    return Element(
        "pogoDsl:PogoSystem",
        {
            "xmi:version": "2.0",
            "xmlns:xmi": "http://www.omg.org/XMI",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xmlns:pogoDsl": "http://www.esrf.fr/tango/pogo/PogoDsl",
        },
    )


def _set(element: Element, name: str, value: str, default: str = "") -> None:
    """Set an XML attribute, if that changes its value or the default that its absence means."""
    if element.get(name, default) != value:
        element.set(name, value)


def _child(parent: Element, tag: str, before: tuple[str, ...] = ()) -> Element:
    found = parent.find(tag)
    if found is None:
        found = Element(tag)
        places = [index for index, one in enumerate(parent) if one.tag in before]
        parent.insert(min(places) if places else len(parent), found)
    return found


def _set_type(parent: Element, tag: str, data_type: str, in_property: bool = False) -> None:
    element = parent.find(tag)
    if element is None:
        element = Element(tag)
        parent.insert(0, element)
    if tango_type(element.get("xsi:type", "")) != data_type:
        element.set("xsi:type", pogo_type(data_type, in_property))


def _set_texts(parent: Element, tag: str, texts: tuple[str, ...]) -> None:
    have = parent.findall(tag)
    if tuple((one.text or "").strip() for one in have) == tuple(one.strip() for one in texts):
        return
    index = list(parent).index(have[0]) if have else len(parent)
    for one in have:
        parent.remove(one)
    for offset, text in enumerate(texts):
        element = Element(tag)
        element.text = text
        parent.insert(index + offset, element)


def _mark(element: Element, before: tuple[str, ...] = ()) -> None:
    """Add the inheritance mark that Pogo gives to a member of the class itself."""
    if element.find("status") is None:
        status = _child(element, "status", before)
        for name, value in (
            ("abstract", "false"),
            ("inherited", "false"),
            ("concrete", "true"),
            ("concreteHere", "true"),
        ):
            status.set(name, value)


def _bool(value: bool) -> str:
    return "true" if value else "false"


class _Writer:
    def __init__(self, element: Element, model: ClassModel) -> None:
        self.element = element
        self.model = model

    def write(self) -> None:
        self._describe()
        model = self.model
        self._members("classProperties", model.class_properties, self._property)
        self._members("deviceProperties", model.device_properties, self._property)
        self._commands()
        plain = [one for one in model.attributes if not one.dynamic and not one.forwarded]
        own = [one for one in plain if one.name.lower() not in ("state", "status")]
        self._members("attributes", tuple(own), self._attribute)
        dynamic = tuple(one for one in model.attributes if one.dynamic and not one.forwarded)
        self._members("dynamicAttributes", dynamic, self._attribute)
        forwarded = tuple(one for one in model.attributes if one.forwarded)
        self._members("forwardedAttributes", forwarded, self._forwarded)
        self._members("pipes", model.pipes, self._pipe)
        self._members("states", model.states, self._state)

    def _describe(self) -> None:
        model, about = self.model, _child(self.element, "description")
        _set(about, "description", model.description)
        _set(about, "title", model.title)
        _set(about, "language", model.language)
        _set(about, "license", model.license)
        _set(about, "copyright", model.copyright)
        if about.find("inheritances") is None:
            bases = [one for one in model.bases if one.class_name not in _BASES]
            names = [(one.class_name, one.source_path) for one in bases] or [("Device_Impl", "")]
            for name, path in names:
                SubElement(about, "inheritances", {"classname": name, "sourcePath": path})
        identification = model.identification
        if about.find("identification") is None and identification == type(identification)():
            return
        element = _child(about, "identification", ("comments",))
        for pogo, ours in IDENTIFICATION.items():
            _set(element, pogo, getattr(identification, ours))
        _set_texts(element, "keyWords", identification.key_words)

    def _members(self, tag: str, members: object, write: object) -> None:
        """Update the elements of one kind: change, add, remove."""
        have = {one.get("name", ""): one for one in self.element.findall(tag)}
        wanted = {one.name: one for one in members}  # type: ignore[attr-defined]  # the kinds of members share it, not a class
        for name, element in have.items():
            if name not in wanted:
                self.element.remove(element)
        for name, member in wanted.items():
            found = have.get(name)
            if found is None:
                found = Element(tag, {"name": name})
                self.element.insert(self._index(tag), found)
            write(found, member)  # type: ignore[operator]  # each writer takes its own kind of member

    def _index(self, tag: str) -> int:
        """The index for a new element of this kind: after its like and after kinds that come before."""
        rank = _ORDER.index(tag)
        places = [
            index + 1
            for index, one in enumerate(self.element)
            if one.tag in _ORDER and _ORDER.index(one.tag) <= rank
        ]
        return max(places, default=0)

    def _commands(self) -> None:
        """The commands to write: State and Status are in every Pogo file, Init in none."""
        lowered = {one.name.lower() for one in self.model.commands}
        standard = [
            CommandModel(
                name=name,
                argin=ArgumentModel("DevVoid", "none"),
                argout=ArgumentModel(data_type, f"Device {name.lower()}"),
                description=f"This command gets the device {name.lower()} and returns it.",
                method=f"dev_{name.lower()}",
            )
            for name, data_type in (("State", "DevState"), ("Status", "DevString"))
            if name.lower() not in lowered and self.model.origin != "xmi"
        ]
        given = [one for one in self.model.commands if one.name.lower() != "init"]
        own = [one for one in given if not one.dynamic]
        have = self.element.findall("commands")
        if have:
            standard = [one for one in standard if one.name not in {e.get("name") for e in have}]
            kept = [
                self._as_is(one)
                for one in have
                if one.get("name", "").lower() in STANDARD_COMMANDS
                and one.get("name", "").lower() not in lowered
                and self.model.origin != "xmi"
            ]
            standard = kept + standard
        self._members("commands", (*standard, *own), self._command)
        self._members("dynamicCommands", tuple(one for one in given if one.dynamic), self._command)

    @staticmethod
    def _as_is(element: Element) -> CommandModel:
        from puretango.model._place import Place
        from puretango.model.pogo._xmi import _command

        return _command(element, Place(), False)

    @staticmethod
    def _property(element: Element, model: PropertyModel) -> None:
        _set(element, "mandatory", _bool(model.mandatory), "false")
        _set(element, "description", model.description)
        _set_type(element, "type", model.data_type, True)
        _mark(element, ("DefaultPropValue",))
        _set_texts(element, "DefaultPropValue", model.default or ())

    @staticmethod
    def _command(element: Element, model: CommandModel) -> None:
        _set(element, "description", model.description)
        method = model.method or model.name.lower()
        if model.name.lower() not in STANDARD_COMMANDS:
            _set(element, "execMethod", method, "" if model.method else method)
        elif element.get("execMethod") is None:
            element.set("execMethod", method)
        _set(element, "displayLevel", model.display_level, "OPERATOR")
        _set(element, "polledPeriod", str(model.polling_period), element.get("polledPeriod") or "0")
        if number_of(element.get("polledPeriod")) != model.polling_period:
            element.set("polledPeriod", str(model.polling_period))
        for tag, argument in (("argin", model.argin), ("argout", model.argout)):
            child = _child(element, tag, ("argout", "status", "excludedStates"))
            _set(child, "description", argument.description)
            _set_type(child, "type", argument.data_type)
        _mark(element, ("excludedStates",))
        _set_texts(element, "excludedStates", model.excluded_states)

    @staticmethod
    def _attribute(element: Element, model: AttributeModel) -> None:
        _set(element, "attType", model.data_format.capitalize(), "Scalar")
        _set(element, "rwType", model.access, "READ")
        _set(element, "displayLevel", model.display_level, "OPERATOR")
        for name, value in (
            ("polledPeriod", model.polling_period),
            ("maxX", model.max_dim_x),
            ("maxY", model.max_dim_y),
        ):
            absent = 1 if name == "maxX" else 0
            of_scalar = name != "polledPeriod" and model.data_format == "SCALAR"
            if element.get(name) is None and (of_scalar or value == absent):
                continue
            if (number_of(element.get(name)) or absent) != value and not of_scalar:
                element.set(name, str(value))
        _set(element, "memorized", _bool(model.memorized), "false")
        _set(element, "memorizedAtInit", _bool(model.hw_memorized), "false")
        _set_type(element, "dataType", model.data_type)
        after = ("changeEvent", "archiveEvent", "dataReadyEvent", "status", "properties")
        _set_texts(element, "enumLabels", model.enum_labels)
        for tag, fires in (
            ("changeEvent", model.change_event),
            ("archiveEvent", model.archive_event),
        ):
            if element.find(tag) is not None or fires != (False, True):
                child = _child(element, tag, after[after.index(tag) + 1 :])
                _set(child, "fire", _bool(fires[0]), "false")
                _set(child, "libCheckCriteria", _bool(fires[1]), "false")
        if element.find("dataReadyEvent") is not None or model.data_ready_event:
            ready = _child(element, "dataReadyEvent", ("status", "properties"))
            _set(ready, "fire", _bool(model.data_ready_event), "false")
        _mark(element, ("properties",))
        properties = _child(
            element,
            "properties",
            ("eventCriteria", "evArchiveCriteria", "readExcludedStates", "writeExcludedStates"),
        )
        for pogo, ours in CONFIGURATION.items():
            _set(properties, pogo, getattr(model, ours))
        _criteria(element, "eventCriteria", model, "")
        _criteria(element, "evArchiveCriteria", model, "archive_")
        _set_texts(element, "readExcludedStates", model.read_excluded_states)
        _set_texts(element, "writeExcludedStates", model.write_excluded_states)

    @staticmethod
    def _forwarded(element: Element, model: AttributeModel) -> None:
        _set(element, "label", model.label)
        _mark(element)

    @staticmethod
    def _pipe(element: Element, model: PipeModel) -> None:
        _set(element, "description", model.description)
        _set(element, "label", model.label)
        _set(element, "rwType", model.access, "READ")
        _set(element, "displayLevel", model.display_level, "OPERATOR")

    @staticmethod
    def _state(element: Element, model: StateModel) -> None:
        _set(element, "description", model.description)
        _mark(element)


def _criteria(element: Element, tag: str, model: AttributeModel, prefix: str) -> None:
    values = [getattr(model, prefix + name) for name in ("rel_change", "abs_change", "period")]
    if element.find(tag) is None and not any(values):
        return
    child = _child(element, tag, ("readExcludedStates", "writeExcludedStates"))
    for name, value in zip(("relChange", "absChange", "period"), values, strict=True):
        _set(child, name, value)
