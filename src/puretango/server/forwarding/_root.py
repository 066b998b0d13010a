"""The root of a forwarded attribute: where it is, whether it can be reached, and if not, why."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from puretango.errors import ConnectionFailed, DevFailed, NonDbDevice, WrongNameSyntax
from puretango.server.base._failure import throw

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner

MISSING = "Missing or wrong root attribute definition"
WRONG_ATTRIBUTE = "Attribute not found in root device"
WRONG_DEVICE = "Wrong root device"
WRONG_SYNTAX = "Wrong syntax in root attribute definition"
LOOP = "Loop found in root attributes configuration"
LOCAL_DEVICE = "Root device is local device"
NOT_STARTED = "Root device not started yet. Polling (if any) for this attribute not available"
NOT_DEFINED = "Not defined"

PATIENCE = 1.0
"""Seconds after a failure during which the root is not looked up again."""
WAIT = 2.0
"""Seconds that a request waits while another one looks up the root."""
LONGEST_CHAIN = 16


class Root:
    """The root of one forwarded attribute, looked up when it is first needed."""

    def __init__(self, device: AttributeOwner, attribute: str, name: str) -> None:
        self._device = device
        self._attribute = attribute
        self._lock = threading.Lock()
        self._proxy: Any = None
        self._next_try = 0.0
        self.name = self._full(name) if name else ""
        self.problem = "" if name else MISSING
        """Why the root cannot be reached; empty if it has been reached, or nobody has tried."""

    def _full(self, name: str) -> str:
        """The name with the address of the database in front."""
        name = name.strip().lower()
        store = self._device._tango.server.store
        if name.startswith("tango://") or not store.is_database or name.count("/") != 3:
            return name
        return f"tango://{store.tango_host}/{name}"

    @property
    def shown(self) -> str:
        """The name for clients."""
        return self.name or NOT_DEFINED

    @property
    def known(self) -> bool:
        """True once the root has been reached."""
        return self._proxy is not None

    def proxy(self) -> Any:
        """An AttributeProxy to the root, or API_AttrConfig with what is wrong."""
        proxy = self._proxy
        if proxy is not None:
            return proxy
        if not self._lock.acquire(timeout=WAIT):
            raise self._not_configured()
        try:
            if self._proxy is None:
                self._proxy = self._look_up()
            return self._proxy
        finally:
            self._lock.release()

    def _look_up(self) -> Any:
        if not self.name:
            raise self._not_configured()
        if time.monotonic() < self._next_try:
            raise self._not_configured()
        from puretango.client import AttributeProxy

        try:
            self._check_name()
            self._check_chain()
            proxy = AttributeProxy(self.name)
            proxy.get_config()
        except DevFailed as failure:
            self.problem = self.problem_of(failure)
            self._next_try = time.monotonic() + PATIENCE
            raise self._not_configured() from failure
        self.problem = ""
        return proxy

    def _check_name(self) -> None:
        plain = self.name.partition("#")[0].partition("://")[2] or self.name
        if plain.count("/") not in (3, 4):
            raise throw("API_WrongAttributeNameSyntax", WRONG_SYNTAX, "FwdAttribute::root")

    def _check_chain(self) -> None:
        """A root may itself be forwarded, but not back to where the chain began."""
        device, _, _ = self.name.rpartition("/")
        own = self._device._tango.lower_name
        if device.endswith("/" + own) or device == own:
            raise throw("API_RootIsLocal", LOCAL_DEVICE, "FwdAttribute::root")
        server = self._device._tango.server
        seen = {f"{own}/{self._attribute}".lower()}
        name = self.name
        for _ in range(LONGEST_CHAIN):
            name = name.partition("#")[0].removeprefix(f"tango://{server.store.tango_host}/")
            if name in seen:
                raise throw("API_RootLoop", LOOP, "FwdAttribute::root")
            if not server.store.is_database or name.count("/") != 3:
                return
            seen.add(name)
            device, _, attribute = name.rpartition("/")
            found = server.database.get_device_attribute_property(device, [attribute])
            name = "".join(found.get(attribute, {}).get("__root_att", ())).strip().lower()
            if not name:
                return
        raise throw("API_RootLoop", LOOP, "FwdAttribute::root")

    @staticmethod
    def problem_of(failure: DevFailed) -> str:
        """The problem of the root that a failure shows."""
        reasons = {error.reason for error in failure.errors}
        if reasons & {"API_RootIsLocal"}:
            return LOCAL_DEVICE
        if reasons & {"API_RootLoop"}:
            return LOOP
        if reasons & {"API_AttrNotFound", "API_UnsupportedAttribute"}:
            return WRONG_ATTRIBUTE
        if reasons & {"API_WrongAttributeNameSyntax"} or isinstance(failure, WrongNameSyntax):
            return WRONG_SYNTAX
        if reasons & {"DB_DeviceNotDefined", "API_DeviceNotDefined", "DB_AliasNotDefined"}:
            return WRONG_DEVICE
        if isinstance(failure, (ConnectionFailed, NonDbDevice)) or reasons & {
            "API_DeviceNotExported"
        }:
            return NOT_STARTED
        return MISSING

    def _not_configured(self) -> DevFailed:
        """As long as its root cannot be reached, the attribute is reported as not found; the reason comes second."""
        origin = "FwdAttribute::root"
        missing = f"{self._attribute} attribute not found"
        return throw("API_AttrNotFound", missing, origin).add(
            "API_AttrConfig",
            f"The attribute {self._attribute} is a forwarded attribute.\n"
            f"Its root attribute is {self.shown}.\n"
            f"Error: {self.problem or LOOP}",
            origin,
        )

    def describe(self) -> str:
        """The lines for the Status of the device."""
        how = "reachable" if self.problem == NOT_STARTED else "correctly configured"
        hint = "" if self.problem == NOT_STARTED else "You can update it using the Jive tool\n"
        return (
            f"Forwarded attribute {self._attribute} is not {how}! \n"
            f"Root attribute name = {self.shown}\n{hint}Error: {self.problem}"
        )

    def forget(self) -> None:
        """Look the root up again when it is needed again."""
        self._proxy = None
