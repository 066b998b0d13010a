"""The class model: the interface of a device class as plain data, and where it can be taken from.

From a Python source (:func:`read_source`: nothing is imported), from an imported class
(:func:`model_of_class`; :func:`import_models` does it in a child process), from a Pogo file
(:func:`read_xmi`), from a running device in any language (:func:`model_of_device`). Written to
JSON (:func:`model_to_plain`) and to a Pogo file (:func:`write_xmi`).
"""

from typing import TYPE_CHECKING, Any

from puretango.model._child import ChildFailed, child_answers, import_models, run_child
from puretango.model._classmodel import (
    STANDARD_COMMANDS,
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
from puretango.model._comparison import Difference, compare_models
from puretango.model._place import Place
from puretango.model._plain import model_from_plain, model_to_plain
from puretango.model.pogo._regions import keep_regions, read_regions
from puretango.model.pogo._xmi import MultiClasses, PogoFile, ancestors, parse_xmi, read_xmi
from puretango.model.pogo._xmiwriter import write_xmi
from puretango.model.pogo._xml import BadXml
from puretango.model.source._description import documented_states, prose_of
from puretango.model.source._highlevel import Declaration
from puretango.model.source._literal import UNKNOWN, Dotted, Scope
from puretango.model.source._parsedfile import ParsedFile
from puretango.model.source._source import (
    SourceFile,
    UnreadableSource,
    read_source,
    read_sources,
    resolve_bases,
)
from puretango.model.source._sourceclass import Function, SourceClass
from puretango.model.source._statename import STATE_NAMES, state_of
from puretango.model.source._typename import array_of, dotted, element_of

if TYPE_CHECKING:
    from puretango.model._childimport import load_module
    from puretango.model._imported import device_classes, model_of_class
    from puretango.model._live import model_of_device

__all__ = [
    "STANDARD_COMMANDS",
    "STATE_NAMES",
    "UNKNOWN",
    "ArgumentModel",
    "AttributeModel",
    "BadXml",
    "ChildFailed",
    "ClassModel",
    "CommandModel",
    "Declaration",
    "Difference",
    "Dotted",
    "Function",
    "Identification",
    "Inheritance",
    "MultiClasses",
    "PipeModel",
    "ParsedFile",
    "Place",
    "PogoFile",
    "PropertyModel",
    "Scope",
    "SourceClass",
    "SourceFile",
    "StateModel",
    "UnreadableSource",
    "ancestors",
    "array_of",
    "child_answers",
    "compare_models",
    "device_classes",
    "load_module",
    "documented_states",
    "dotted",
    "element_of",
    "import_models",
    "keep_regions",
    "model_from_plain",
    "model_of_class",
    "model_of_device",
    "model_to_plain",
    "parse_xmi",
    "prose_of",
    "read_regions",
    "read_source",
    "read_sources",
    "read_xmi",
    "resolve_bases",
    "run_child",
    "state_of",
    "write_xmi",
]

_LATE = {
    "load_module": "_childimport",
    "device_classes": "_imported",
    "model_of_class": "_imported",
    "model_of_device": "_live",
}
"""Names that need the server or the client: imported when asked for, so that sources are read quickly."""


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
