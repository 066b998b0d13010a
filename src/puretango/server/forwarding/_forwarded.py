"""Forwarded attributes: an attribute that shows an attribute of another device, its root.

The property ``__root_att`` names the root. It is looked up when the attribute is first needed,
so devices may start in any order; until it is found, requests for the attribute fail with the reason.
"""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.events import KINDS
from puretango.idl import AttDataReady
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._failure import to_dev_failed
from puretango.server.base._wiretype import WIRE_TYPES
from puretango.server.declaration._attr import Attr
from puretango.server.declaration.settings._change import NOT_SPECIFIED
from puretango.server.declaration.settings._settings import Settings
from puretango.server.forwarding._root import Root
from puretango.values import (
    AttrDataFormat,
    AttrQuality,
    AttrWriteType,
    CmdArgType,
    attribute_config,
    attribute_info,
)

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner

_EVENTS = {name: kind for kind, name in KINDS.items()}


class ForwardedAttribute(WAttribute):
    """An attribute whose value and configuration are those of its root attribute."""

    forwarded = True

    def __init__(self, spec: Attr, settings: Settings, device: AttributeOwner) -> None:
        super().__init__(copy.copy(spec), settings, device)
        self._lock = threading.RLock()
        self._subscriptions: dict[str, int] = {}
        own = device._tango.server.store.attribute_properties(device._tango.name, spec.name)
        name = "".join(own.get("__root_att", ())).strip()
        self.root = Root(device, self.name, name or getattr(spec, "root_attribute", "") or "")
        self.settings = copy.copy(self.settings)
        self.settings.root = self.root.shown

    # -- the root ---------------------------------------------------------------------------------

    def take_root(self) -> Any:
        """A proxy to the root attribute, or API_AttrConfig; type and configuration are the root's."""
        first = not self.root.known
        proxy = self.root.proxy()
        if first:
            self._take(proxy.get_config())
        return proxy

    def _take(self, info: Any) -> None:
        """Take over the root's type, shape and configuration; the label is our own."""
        self.data_type = CmdArgType(int(info.data_type))
        self.data_format = AttrDataFormat(int(info.data_format))
        self.writable = AttrWriteType(int(info.writable))
        self.wire = WIRE_TYPES[self.data_type]
        spec = self.spec
        spec.type, spec.writable = self.data_type, self.writable
        spec.max_x, spec.max_y = info.max_dim_x, info.max_dim_y
        spec.disp_level = info.disp_level
        from puretango.server.attribute._config import texts_of

        config = attribute_config(info, 5)
        texts = {**texts_of(config), "label": self.settings.texts["label"]}
        self.settings = Settings(
            spec,
            texts,
            list(config.enum_labels),
            self.device._tango.name,
            root=self.root.shown,
            check=False,
        )

    def refresh(self) -> None:
        """Look up the root and its configuration; a failure is kept, not raised."""
        try:
            self._take(self.root.proxy().get_config())
        except Exception as error:
            self.device.debug_stream("forwarded attribute %s: %s", self.name, error)

    # -- values -------------------------------------------------------------------------------------

    def read_root(self) -> None:
        """Read the root, and take its value."""
        proxy = self.take_root()
        try:
            read = proxy.read()
        except DevFailed as error:
            raise self._failed(error, "Reading", "read") from error
        if read.w_value is not None and self.writable != AttrWriteType.READ:
            self.written, self.w_dim_x, self.w_dim_y = self._flat(read.w_value)
        if read.quality == AttrQuality.ATTR_INVALID:
            self.quality, self.has_value = AttrQuality.ATTR_INVALID, True
            self.when = _nanoseconds(read.time)
            return
        self.set_value_date_quality(
            *(read.value if self.data_type == CmdArgType.DevEncoded else (read.value,)),
            read.time.totime(),
            read.quality,
        )

    def _flat(self, value: Any) -> tuple[Any, int, int]:
        if self.data_format == AttrDataFormat.SCALAR:
            return [self.wire.scalar(value)], 1, 0
        return self.wire.array(value, self.data_format == AttrDataFormat.IMAGE, "read_root")

    def write_root(self) -> None:
        """Write the requested value to the root."""
        value = self.get_write_value()
        try:
            self.take_root().write(value)
        except DevFailed as error:
            raise self._failed(error, "Writing", "write") from error

    def _failed(self, error: DevFailed, what: str, verb: str) -> DevFailed:
        device, _, attribute = self.root.name.partition("#")[0].rpartition("/")
        return to_dev_failed(error).add(
            "API_AttributeFailed",
            f"{what} root attribute {attribute} on device {device} failed!",
            f"FwdAttr::{verb}",
        )

    def write_part(self) -> tuple[Any, int, int] | None:
        return None if self.writable == AttrWriteType.READ else self.set_part()

    def check_alarm(self) -> bool:
        """Do nothing: the root has checked its levels."""
        return self.quality in (AttrQuality.ATTR_ALARM, AttrQuality.ATTR_WARNING)

    def change_settings(self, wanted: Any, enum_labels: Any = None, *, store: bool = True) -> None:
        """The configuration belongs to the root: change it there; the label is our own."""
        from puretango.server.attribute._config import apply_texts

        wanted = dict(wanted)
        label = wanted.pop("label", self.settings.texts["label"])
        if label != self.settings.texts["label"]:
            self._change_label(label)
        proxy = self.take_root()
        config = attribute_config(proxy.get_config(), 5)
        apply_texts(config, wanted)
        proxy.set_config(attribute_info(config))
        self._take(proxy.get_config())
        self.device._tango.changed()

    def _change_label(self, label: str) -> None:
        server = self.device._tango.server
        reset = label.lower() in ("", NOT_SPECIFIED.lower(), "nan")
        self.settings.texts["label"] = self.name if reset else label
        put = {} if reset else {"label": [label]}
        server.store.put_attribute_properties(
            self.device._tango.name, self.name, put, ["label"] if reset else []
        )

    # -- events ---------------------------------------------------------------------------------------

    def subscribe_root(self, event: str) -> None:
        """Subscribe to the root's events, to pass them on."""
        with self._lock:
            if event in self._subscriptions:
                return
            self._subscriptions[event] = self.take_root().subscribe_event(
                _EVENTS[event], lambda data: self._pass_on(event, data)
            )

    def _pass_on(self, event: str, data: Any) -> None:
        publisher = self.device._tango.server.publisher
        if data.err:
            publisher.push_error(self.device, self, event, DevFailed(*data.errors))
        elif event == "attr_conf":
            self._take(data.attr_conf)
            publisher.push_configuration(self.device, self)
        elif event == "data_ready":
            ready = AttDataReady(self.name, int(self.data_type), data.ctr)
            publisher.push_payload(self.device, self.lower_name, event, ready)
        else:
            value = data.attr_value
            publisher.push_value(
                self.device, self, event, (value.value, value.time.totime(), value.quality)
            )

    def close(self) -> None:
        """Release the root: the device is being removed."""
        with self._lock:
            for subscription in self._subscriptions.values():
                try:
                    self.root.proxy().unsubscribe_event(subscription)
                except DevFailed as error:
                    self.device.debug_stream("unsubscribing from the root: %s", error)
            self._subscriptions.clear()
            self.root.forget()


def _nanoseconds(moment: Any) -> int:
    return int(moment.tv_sec) * 1_000_000_000 + int(moment.tv_usec) * 1000
