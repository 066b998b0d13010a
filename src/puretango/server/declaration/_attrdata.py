"""AttrData: everything that is declared of an attribute in a device class."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from puretango.errors import Except
from puretango.server.declaration._attr import (
    Attr,
    FwdAttr,
    ImageAttr,
    SpectrumAttr,
    UserDefaultAttrProp,
    UserDefaultFwdAttrProp,
)
from puretango.values import AttrDataFormat, AttrWriteType, CmdArgType, DispLevel

_IGNORED = ("display level", "polling period", "memorized", "klass", "associated")


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


class AttrData:
    """The declaration of an attribute, from keywords or from a low-level ``attr_list`` entry."""

    DftAttrClassMap: ClassVar[dict[AttrDataFormat, type[Attr]]] = {
        AttrDataFormat.SCALAR: Attr,
        AttrDataFormat.SPECTRUM: SpectrumAttr,
        AttrDataFormat.IMAGE: ImageAttr,
    }

    fget: Any = None
    fset: Any = None
    fisallowed: Any = None

    def __init__(self, name: str | None, class_name: str | None, attr_info: Any = None) -> None:
        self.class_name = class_name
        self.attr_name: str = name  # type: ignore[assignment]  # PyTango's name for it; set later than the parent's
        self.is_named = name is not None
        self.attr_type: CmdArgType = CmdArgType.DevVoid
        self.attr_format = AttrDataFormat.SCALAR
        self.attr_write = AttrWriteType.READ
        self.dim_x = 1
        self.dim_y = 0
        self.display_level = DispLevel.OPERATOR
        self.polling_period = -1
        self.memorized = False
        self.hw_memorized = False
        self.associated = ""
        self._take_events({})
        self.read_method_name: str | None = None
        self.write_method_name: str | None = None
        self.is_allowed_name: str | None = None
        if name is not None:
            self._name_methods(name)
        self.attr_class: type[Attr] | None = None
        self.attr_args: list[Any] | None = None
        self.att_prop: Any = None
        self.forward = False
        self.has_dtype_kword = False
        self.has_size_kword = False
        if attr_info is not None:
            self.from_attr_info(attr_info)

    def _name_methods(self, name: str) -> None:
        self.read_method_name = self.read_method_name or f"read_{name}"
        self.write_method_name = self.write_method_name or f"write_{name}"
        self.is_allowed_name = self.is_allowed_name or f"is_{name}_allowed"

    def _set_name(self, name: str) -> None:
        named, self.is_named = self.is_named, True
        self.attr_name = name
        if not named:
            self._name_methods(name)

    def _take_events(self, info: dict[str, Any]) -> None:
        self.alarm_event_implemented = info.pop("alarm_event_implemented", False)
        self.alarm_event_detect = info.pop("alarm_event_detect", True)
        self.archive_event_implemented = info.pop("archive_event_implemented", False)
        self.archive_event_detect = info.pop("archive_event_detect", True)
        self.change_event_implemented = info.pop("change_event_implemented", False)
        self.change_event_detect = info.pop("change_event_detect", True)
        self.data_ready_event_implemented = info.pop("data_ready_event_implemented", False)

    @classmethod
    def from_dict(cls, attr_dict: Mapping[str, Any]) -> AttrData:
        """A declaration from the keywords of ``attribute``."""
        info = dict(attr_dict)
        data = cls(info.pop("name", None), info.pop("class_name", None))
        return data.build_from_dict(info)

    def build_from_dict(self, attr_dict: dict[str, Any]) -> AttrData:
        """Take the keywords of ``attribute``; what is left over is configuration."""
        info = attr_dict
        self.forward = info.pop("forwarded", False)
        if self.forward:
            self.attr_class = FwdAttr
            self._take_events(info)
            self.att_prop = UserDefaultFwdAttrProp()
            if "label" in info:
                self.att_prop.set_label(info["label"])
            return self
        self.has_dtype_kword = "dtype" in info
        self.attr_type = info.pop("dtype", CmdArgType.DevDouble)
        self.attr_format = info.pop("dformat", None) or AttrDataFormat.SCALAR
        self.has_size_kword = "max_dim_x" in info or "max_dim_y" in info
        self.dim_x = info.pop("max_dim_x", 1)
        self.dim_y = info.pop("max_dim_y", 0)
        self.display_level = info.pop("display_level", DispLevel.OPERATOR)
        self.polling_period = info.pop("polling_period", -1)
        self.memorized = info.pop("memorized", False)
        self.hw_memorized = info.pop("hw_memorized", False)
        self.associated = info.pop("associated", "")
        self._take_methods(info)
        self.attr_class = info.pop("klass", None)
        self._take_events(info)
        if info:
            self.att_prop = self._user_defaults(info)
        return self

    def _take_methods(self, info: dict[str, Any]) -> None:
        reads = "fread" in info or "fget" in info
        writes = "fwrite" in info or "fset" in info
        if "access" in info:
            self.attr_write = info.pop("access")
        elif reads and writes:
            self.attr_write = AttrWriteType.READ_WRITE
        elif writes:
            self.attr_write = AttrWriteType.WRITE
        else:
            self.attr_write = AttrWriteType.READ
        fread = info.pop("fread", None)
        fwrite = info.pop("fwrite", None)
        self.read_method_name = _method_name(info.pop("fget", fread)) or self.read_method_name
        self.write_method_name = _method_name(info.pop("fset", fwrite)) or self.write_method_name
        self.is_allowed_name = _method_name(info.pop("fisallowed", None)) or self.is_allowed_name

    def _user_defaults(self, info: dict[str, Any]) -> UserDefaultAttrProp:
        defaults = UserDefaultAttrProp()
        doc = info.pop("doc", None)
        if doc is not None:
            info["description"] = doc
        for key, value in info.items():
            lower = key.lower()
            if not defaults.set(lower.replace(" ", "_"), value) and lower not in _IGNORED:
                where = f" {self.attr_name}" if self.attr_name else ""
                Except.throw_exception(
                    "PyDs_WrongAttributeDefinition",
                    f"Wrong definition of attribute{where}. "
                    f"The object extra information '{key}' is not recognized!",
                    "create_user_default_attr_prop()",
                )
        return defaults

    def set_enum_labels_to_attr_prop(self, enum_labels: Sequence[str]) -> None:
        """The labels that an Enum type hint gives."""
        if self.att_prop is None:
            self.att_prop = UserDefaultAttrProp()
        self.att_prop.set_enum_labels(enum_labels)

    def _wrong(self, text: str) -> NoReturn:
        Except.throw_exception("PyDs_WrongAttributeDefinition", text, "create_attribute()")

    def from_attr_info(self, attr_info: Any) -> None:
        """Take a low-level entry: ``[[type, format, write, x, y], {extra}]``."""
        self.has_dtype_kword = self.has_size_kword = True
        where = f"attribute {self.attr_name} in class {self.class_name}"
        if not _is_sequence(attr_info):
            self._wrong(
                f"Wrong data type for value for describing {where}\n"
                "Must be a sequence with 1 or 2 elements"
            )
        if not 1 <= len(attr_info) <= 2:
            self._wrong(
                f"Wrong number of argument for describing {where}\n"
                "Must be a sequence with 1 or 2 elements"
            )
        extra = {k.lower(): v for k, v in attr_info[1].items()} if len(attr_info) == 2 else {}
        self._take_shape(attr_info[0], where)
        self._take_extra(extra, where)

    def _take_shape(self, shape: Any, where: str) -> None:
        if not _is_sequence(shape) or not 3 <= len(shape) <= 5:
            self._wrong(
                f"Wrong data type for describing mandatory information for {where}\n"
                "Must be a sequence with 3, 4 or 5 elements"
            )
        self.attr_type = self._enum(CmdArgType, shape[0], where, "data type")
        self.attr_format = self._enum(AttrDataFormat, shape[1], where, "data format")
        wanted = {
            AttrDataFormat.SCALAR: 3,
            AttrDataFormat.SPECTRUM: 4,
            AttrDataFormat.IMAGE: 5,
        }[self.attr_format]
        if len(shape) != wanted:
            self._wrong(
                f"Wrong data type in attribute argument for {where}\n"
                "Sequence describing mandatory attribute parameters for "
                f"{self.attr_format.name.lower()} attribute must have {wanted} elements"
            )
        if wanted > 3:
            self.dim_x = self._dimension(shape[3], "dim_x", where)
        if wanted > 4:
            self.dim_y = self._dimension(shape[4], "dim_y", where)
        self.attr_write = self._enum(AttrWriteType, shape[2], where, "data write type")

    def _dimension(self, value: Any, name: str, where: str) -> int:
        try:
            return int(value)
        except (TypeError, ValueError):
            self._wrong(
                f"Wrong data type in attribute argument for {where}\n"
                f"mandatory {name} attribute parameter for {self.attr_format.name.lower()} "
                "attribute must be an integer"
            )

    def _enum(self, kind: Any, value: Any, where: str, what: str) -> Any:
        try:
            return kind(int(value))
        except (TypeError, ValueError):
            self._wrong(
                f"Wrong {what} in attribute argument for {where}\n"
                f"it must be a tango.{kind.__name__}"
            )

    def _take_extra(self, extra: dict[str, Any], where: str) -> None:
        level = extra.pop("display level", DispLevel.OPERATOR)
        self.display_level = self._enum(DispLevel, level, where, "display level")
        try:
            self.polling_period = int(extra.pop("polling period", -1))
        except (TypeError, ValueError):
            self._wrong(
                f"Wrong polling period in attribute information for {where}\n"
                "Attribute information for polling period is not an integer"
            )
        memorized = str(extra.pop("memorized", "false")).lower()
        if memorized not in ("true", "true_without_hard_applied", "false"):
            self._wrong(
                f'Wrong memorized value for {where}. Allowed values are the strings "true", '
                '"false" and "true_without_hard_applied" (case insensitive)'
            )
        self.memorized = memorized != "false"
        self.hw_memorized = memorized == "true"
        self._take_events(extra)
        self.associated = extra.pop("associated", "")
        if self.attr_type == CmdArgType.DevEnum:
            if "enum_labels" not in extra:
                self._wrong("Missing 'enum_labels' key in attr_list definition for enum " + where)
            self.enum_labels = extra["enum_labels"]
        self.attr_class = extra.pop("klass", None)
        if extra:
            self.att_prop = self._user_defaults(extra)

    def to_attr(self) -> Attr:
        """The class-level attribute object that this declares."""
        if self.attr_class is FwdAttr:
            attr: Attr = FwdAttr(self.attr_name)
            if self.att_prop is not None:
                attr.defaults.set_label(self.att_prop.label)
        else:
            args = self.attr_args
            if args is None:
                args = [self.attr_name, self.attr_type, self.attr_write]
                if self.attr_format != AttrDataFormat.SCALAR:
                    args.append(self.dim_x)
                if self.attr_format == AttrDataFormat.IMAGE:
                    args.append(self.dim_y)
            attr = (self.attr_class or self.DftAttrClassMap[self.attr_format])(*args)
            if self.att_prop is not None:
                attr.set_default_properties(self.att_prop)
        attr.assoc = self.associated
        attr.set_disp_level(self.display_level)
        if self.memorized:
            attr.set_memorized()
            attr.set_memorized_init(self.hw_memorized)
        if self.polling_period > 0:
            attr.set_polling_period(self.polling_period)
        attr.set_change_event(self.change_event_implemented, self.change_event_detect)
        attr.set_archive_event(self.archive_event_implemented, self.archive_event_detect)
        attr.set_alarm_event(self.alarm_event_implemented, self.alarm_event_detect)
        attr.set_data_ready_event(self.data_ready_event_implemented)
        return attr


def _method_name(method: Any) -> str | None:
    if method is None or isinstance(method, str):
        return method
    if inspect.isroutine(method):
        return method.__name__
    return None
