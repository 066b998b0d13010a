"""An attribute's configuration as it is read and changed at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed, Except
from puretango.server.declaration._attr import CONFIG_NAMES, Attr
from puretango.server.declaration.settings._meaning import DATABASE_NAMES
from puretango.server.declaration.settings._multiattrprop import MultiAttrProp
from puretango.server.declaration.settings._settings import (
    PERIOD_NAMES,
    Settings,
    Sources,
    check_settable,
    is_state_or_status,
    resolve_settings,
    stored_texts,
)
from puretango.values import CmdArgType

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner

_RENAMED = {"event_period": "period"}


class Configuration:
    """Changes of the configuration: they reach the database, and subscribers of attr_conf."""

    name: str
    lower_name: str
    spec: Attr
    data_type: CmdArgType
    settings: Settings
    device: AttributeOwner
    startup_error: DevFailed | None

    def forget_alarm(self) -> None:
        """Forget the alarm: under other levels the value may be in none."""
        raise NotImplementedError

    def check_new_limits(self, settings: Settings) -> None:
        """Refuse limits that the attribute cannot have now."""

    # -- as texts -----------------------------------------------------------------------------

    def change_settings(
        self,
        wanted: Mapping[str, str],
        enum_labels: Sequence[str] | None = None,
        *,
        store: bool = True,
    ) -> None:
        """Set properties by name; the three reset texts mean what they mean.

        Nothing is changed if any of them is wrong.
        """
        sources = self.device._tango.access.sources(self.spec)
        texts = dict(self.settings.texts)
        if is_state_or_status(self.spec):  # Tango ignores the rest
            wanted = {name: wanted[name] for name in PERIOD_NAMES if name in wanted}
        for name, text in wanted.items():
            if text == texts[name] and text:  # "" resets, even what is empty now
                continue
            texts[name] = sources.resolve(name, text)
        labels = self.settings.enum_labels
        if enum_labels is not None and self.data_type == CmdArgType.DevEnum:
            labels = list(enum_labels) or sources.labels()
        device_name = self.device.get_name()
        settings = Settings(self.spec, texts, labels, device_name, root=self.settings.root)
        self.check_new_limits(settings)
        before = self.settings
        self.settings, self.startup_error = settings, None
        self.forget_alarm()
        self._changed(before, sources, store)

    def _changed(self, before: Settings, sources: Sources, store: bool) -> None:
        self.device._tango.access.configuration_changed(self)
        if store:
            put, delete = self._for_database(before, sources)
            self.device._tango.server.store.put_attribute_properties(
                self.device.get_name(), self.name, put, delete
            )
        self.device._tango.server.push_configuration(self.device, self)

    def _for_database(
        self, before: Settings, sources: Sources
    ) -> tuple[dict[str, list[str]], list[str]]:
        """The properties to write to the device's entry in the database, and those to delete from it."""
        put: dict[str, list[str]] = {}
        delete: list[str] = []
        for name in CONFIG_NAMES:
            text = self.settings.texts[name]
            if text == before.texts[name]:
                continue
            kept_as = DATABASE_NAMES.get(name, name)
            if text == sources.class_text(name):
                delete.append(kept_as)
            else:
                put[kept_as] = stored_texts(name, text)
        if self.settings.enum_labels != before.enum_labels:
            if list(self.settings.enum_labels) == list(sources.labels()):
                delete.append("enum_labels")
            else:
                put["enum_labels"] = list(self.settings.enum_labels)
        return put, delete

    def remove_configuration(self) -> None:
        """Go back to the configuration that class, author and library give."""
        sources = self.device._tango.access.sources(self.spec)
        before = self.settings
        self.settings = resolve_settings(sources, {}, self.device.get_name())
        self.forget_alarm()
        self._changed(before, sources, store=True)

    def get_label(self) -> str:
        """The label shown to users."""
        return self.settings.texts["label"]

    # -- as MultiAttrProp ------------------------------------------------------------------------

    def get_properties(self, attr_cfg: MultiAttrProp | None = None) -> MultiAttrProp:
        """All properties of the attribute."""
        found = MultiAttrProp() if attr_cfg is None else attr_cfg
        if not isinstance(found, MultiAttrProp):
            raise TypeError("attr_cfg must be an instance of MultiAttrProp")
        for field in MultiAttrProp.__dataclass_fields__:
            setattr(found, field, self.settings.texts[_RENAMED.get(field, field)])
        return found

    def set_properties(self, attr_cfg: MultiAttrProp, dev: Any = None) -> None:
        """Set all properties of the attribute."""
        if not isinstance(attr_cfg, MultiAttrProp):
            raise TypeError("attr_cfg must be an instance of MultiAttrProp")
        wanted = {
            _RENAMED.get(field, field): _text(getattr(attr_cfg, field))
            for field in MultiAttrProp.__dataclass_fields__
        }
        self._change_in_code(wanted)

    # -- single limits ---------------------------------------------------------------------------

    def _set_limit(self, name: str, value: Any) -> None:
        if not isinstance(value, str) and self.data_type not in (
            CmdArgType.DevString,
            CmdArgType.DevBoolean,
            CmdArgType.DevState,
        ):
            from puretango.server.base._wiretype import WIRE_TYPES

            wire_type = self.data_type
            if wire_type == CmdArgType.DevEncoded:
                wire_type = CmdArgType.DevUChar
            value = WIRE_TYPES[wire_type].scalar(value)
        self._change_in_code({name: _text(value)})

    def _change_in_code(self, wanted: Mapping[str, str]) -> None:
        """Change properties for the author, for whom what a client's request silently ignores is an error."""
        if not is_state_or_status(self.spec):
            present = self.settings.texts
            new = {name: text for name, text in wanted.items() if text != present[name]}
            check_settable(self.spec, new, self.device.get_name())
        self.change_settings(wanted)

    def _get_limit(self, name: str) -> Any:
        value = getattr(self.settings, name)
        if value is None:
            Except.throw_exception(
                "API_AttrNotAllowed",
                f"{name.replace('_', ' ').capitalize()} not defined for attribute {self.name}",
                f"Attribute::get_{name}",
            )
        return value

    def set_min_alarm(self, value: Any) -> None:
        """The value at or below which the quality is ALARM."""
        self._set_limit("min_alarm", value)

    def set_max_alarm(self, value: Any) -> None:
        """The value at or above which the quality is ALARM."""
        self._set_limit("max_alarm", value)

    def set_min_warning(self, value: Any) -> None:
        """The value at or below which the quality is WARNING."""
        self._set_limit("min_warning", value)

    def set_max_warning(self, value: Any) -> None:
        """The value at or above which the quality is WARNING."""
        self._set_limit("max_warning", value)

    def get_min_alarm(self) -> Any:
        """The value at or below which the quality is ALARM."""
        return self._get_limit("min_alarm")

    def get_max_alarm(self) -> Any:
        """The value at or above which the quality is ALARM."""
        return self._get_limit("max_alarm")

    def get_min_warning(self) -> Any:
        """The value at or below which the quality is WARNING."""
        return self._get_limit("min_warning")

    def get_max_warning(self) -> Any:
        """The value at or above which the quality is WARNING."""
        return self._get_limit("max_warning")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
