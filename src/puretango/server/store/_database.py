"""A server's configuration in a Tango database."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from puretango.errors import CommunicationFailed, ConnectionFailed, DevFailed
from puretango.idl import texts_in_value, texts_of_value
from puretango.server.base._failure import throw
from puretango.server.store._cache import ServerCache
from puretango.server.store._questions import Questions, unless_missing
from puretango.server.store._store import Store, Texts, as_texts

if TYPE_CHECKING:
    from puretango.server.base._ports import Host, Owner

LOG = logging.getLogger("puretango.server")

RELEASE = "6"


def default_database() -> Any:
    """The database that TANGO_HOST names."""
    from puretango.client import Database

    return Database()


def open_database(given: Any) -> Any:
    """A database from ``host:port``, or as it is."""
    if not isinstance(given, str):
        return given
    from puretango.client import Database

    host, _, port = given.rpartition(":")
    return Database(host, int(port))


class DatabaseStore(Store):
    """Reads everything at the server's start in one answer, and writes through."""

    is_database = True
    lists_devices = True

    def __init__(self, server: Host, database: Any) -> None:
        super().__init__()
        self._server = server
        self.client = open_database(database)
        self._lock = threading.RLock()
        self._names: dict[str, Texts] = {}
        self._aliases: dict[str, str] = {}
        self._read: set[str] = set()
        self._starting = False
        self._questions: Questions | None = None
        """Used if the database does not give everything in one answer."""
        self._prefetched: set[str] = set()

    @property
    def tango_host(self) -> str:  # type: ignore[override]  # read-only here
        """HOST:PORT of the database."""
        return f"{self.client.get_db_host()}:{self.client.get_db_port()}"

    def _ask(self, command: str, argument: Any = None) -> Any:
        return texts_of_value(self.client.command_inout(command, texts_in_value(argument)))

    # -- start -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read all that the database knows of the server."""
        server = self._server
        try:
            answer = self._ask("DbGetDataForServerCache", [server.server_id, server.host_name])
            cache = ServerCache(answer)
        except (CommunicationFailed, ConnectionFailed):
            raise
        except DevFailed as failure:
            self._begin_by_questions(failure)
            return
        if not cache.is_defined:
            self._refuse_undefined()
        if cache.admin_is_exported:
            self._refuse_second(server)
        with self._lock:
            self._questions = None
            self._device = cache.device_properties
            self._class = cache.class_properties
            self._attribute = cache.device_attributes
            self._class_attribute = cache.class_attributes
            self._names = cache.devices
            self._read = set(cache.device_properties)
            self._starting = True

    def _begin_by_questions(self, failure: DevFailed) -> None:
        """The database does not give everything in one answer: it is asked when something is needed."""
        LOG.info("asked singly, for DbGetDataForServerCache fails: %s", failure.errors[0].desc)
        server = self._server
        questions = Questions(self.client, server.server_id)
        exported = questions.admin_is_exported(server.admin_name)
        if exported is None:
            self._refuse_undefined()
        if exported:
            self._refuse_second(server)
        with self._lock:
            self._device, self._class, self._attribute, self._class_attribute = {}, {}, {}, {}
            self._names = {}
            self._read = set()
            self._questions = questions
            self._starting = True

    def _refuse_undefined(self) -> NoReturn:
        raise throw(
            "API_ServerNotFound",
            f"The device server {self._server.server_id} is not defined in database. Exiting!",
            "Util::server_already_running",
        )

    def _refuse_second(self, server: Host) -> None:
        from puretango.client import DeviceProxy

        try:
            proxy = DeviceProxy(f"tango://{self.tango_host}/{server.admin_name}")
            proxy.set_timeout_millis(1000)
            proxy.ping()
        except DevFailed:
            return  # it was not stopped in order, and is gone
        raise throw(
            "API_ServerAlreadyRunning",
            "This device server is already running on another host or in another process!",
            "Util::server_already_running",
        )

    def complete(self) -> None:
        """The server is up: from now on the database is asked again where it matters."""
        self._starting = False

    def device_names(self, class_name: str) -> Texts:
        lower = class_name.lower()
        if self._questions is not None and lower not in self._names:
            self._names[lower] = self._questions.devices(class_name)
        return self._names.get(lower, [])

    def device_of_alias(self, alias: str) -> str | None:
        # Authors ask again and again, as often as something moves: as in cppTango the database is asked once.
        if alias not in self._aliases:
            try:
                self._aliases[alias] = str(self._ask("DbGetAliasDevice", alias))
            except DevFailed:
                return None
        return self._aliases[alias]

    # -- reading ---------------------------------------------------------------------------------------

    def read_device(self, name: str) -> Mapping[str, Texts]:
        lower = name.lower()
        if lower not in self._read:
            self._load(lower)
        return self._device.get(lower, {})

    def _load(self, lower: str) -> None:
        """Read all properties of a device, and of its attributes."""
        names = list(self._ask("DbGetDevicePropertyList", [lower, "*"]))
        found: dict[str, Texts] = {}
        if names:
            values = self.client.get_device_property(lower, names)
            found = {name.lower(): list(texts) for name, texts in values.items()}
        attributes = list(self._ask("DbGetDeviceAttributeList", [lower, "*"]))
        members: dict[str, dict[str, Texts]] = {}
        if attributes:
            table = self.client.get_device_attribute_property(lower, attributes)
            members = {
                attribute.lower(): {name: list(texts) for name, texts in own.items()}
                for attribute, own in table.items()
            }
        with self._lock:
            self._device[lower] = found
            self._attribute[lower] = members
            self._read.add(lower)

    def device_properties(self, name: str, wanted: Sequence[str]) -> dict[str, Texts]:
        lower = name.lower()
        if lower in self._prefetched:
            self._prefetched.discard(lower)
        elif not self._starting:
            self._load(lower)
        return super().device_properties(name, wanted)

    def forget_device(self, name: str) -> None:
        self._read.discard(name.lower())

    async def prefetch(self, device: Owner) -> None:
        await asyncio.to_thread(self._load, device._tango.lower_name)
        self._prefetched.add(device._tango.lower_name)

    def read_pipes(self, device: str, names: Sequence[str]) -> Mapping[str, Mapping[str, Texts]]:
        ask = self.client.get_device_pipe_property
        return _members(unless_missing(lambda: ask(device, list(names)), {}))

    def read_class_pipes(
        self, name: str, names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Texts]]:
        ask = self.client.get_class_pipe_property
        return _members(unless_missing(lambda: ask(name, list(names)), {}))

    def read_class(self, name: str) -> Mapping[str, Texts]:
        lower = name.lower()
        if self._questions is not None and lower not in self._class:
            self._class[lower] = self._questions.class_properties(name)
        return self._class.get(lower, {})

    def read_class_attributes(self, name: str) -> Mapping[str, Mapping[str, Texts]]:
        lower = name.lower()
        if self._questions is not None and lower not in self._class_attribute:
            self._class_attribute[lower] = self._questions.class_attributes(name)
        return super().read_class_attributes(name)

    def read_attributes(self, device: str) -> Mapping[str, Mapping[str, Texts]]:
        if self._questions is not None:
            self.read_device(device)
        return super().read_attributes(device)

    def control_system(self, names: Sequence[str]) -> dict[str, Texts]:
        ask = self.client.get_property
        found = unless_missing(lambda: ask("CtrlSystem", list(names)), {})
        return {name: list(found[name]) for name in names if found.get(name)}

    # -- where devices are -------------------------------------------------------------------------------

    def export(self, device: Owner) -> None:
        super().export(device)
        server = self._server
        ior = server.ior(device)
        fields = [device._tango.name, ior, server.host_name, str(os.getpid()), RELEASE]
        self._ask("DbExportDevice", fields)

    def unexport(self, device: Owner) -> None:
        super().unexport(device)
        self._tell("DbUnExportDevice", device._tango.name)

    def unexport_all(self) -> None:
        if self._exported:
            self._exported.clear()
            self._tell("DbUnExportServer", self._server.server_id)

    def _tell(self, command: str, argument: Any) -> None:
        """Send a command whose failure does not matter if the database does not answer."""
        try:
            self._ask(command, argument)
        except DevFailed as error:
            self._server.admin.warn_stream("%s: %s", command, error.args[0].desc)

    def is_defined(self, device: str) -> bool:
        try:
            self.client.import_device(device)
        except DevFailed as error:
            return bool(error.args[0].reason != "DB_DeviceNotDefined")
        return True

    def define_device(self, device: str, class_name: str, alias: str | None) -> None:
        self._ask("DbAddDevice", [self._server.server_id, device, class_name])
        if alias is not None:
            self._ask("DbPutDeviceAlias", [device, alias])

    def undefine_device(self, device: str) -> None:
        self._ask("DbDeleteDevice", device)
        self.forget_device(device)

    # -- writing -----------------------------------------------------------------------------------------

    def put_device_property(self, device: str, name: str, value: Any) -> None:
        texts = as_texts(value)
        self.client.put_device_property(device, {name: texts})
        super().put_device_property(device, name, texts)

    def delete_device_property(self, device: str, name: str) -> None:
        if name.lower() in self._device.get(device.lower(), {}):
            self.client.delete_device_property(device, name)
            super().delete_device_property(device, name)

    def put_attribute_properties(
        self,
        device: str,
        attribute: str,
        put: Mapping[str, Sequence[str]],
        delete: Sequence[str] = (),
    ) -> None:
        if put:
            texts = {name: list(values) for name, values in put.items()}
            self.client.put_device_attribute_property(device, {attribute: texts})
        known = self._attribute.get(device.lower(), {}).get(attribute.lower(), {})
        gone = [name for name in delete if name in known]
        if gone:
            self._ask("DbDeleteDeviceAttributeProperty", [device, attribute, *gone])
        super().put_attribute_properties(device, attribute, put, delete)

    def put_pipe_properties(
        self, device: str, pipe: str, put: Mapping[str, Sequence[str]], delete: Sequence[str] = ()
    ) -> None:
        if put:
            texts = {name: list(values) for name, values in put.items()}
            self.client.put_device_pipe_property(device, {pipe: texts})
        if delete:
            self.client.delete_device_pipe_property(device, {pipe: list(delete)})

    def memorize(self, device: str, texts: Mapping[str, str]) -> None:
        table = {attribute: {"__value": [text]} for attribute, text in texts.items()}
        self.client.put_device_attribute_property(device, table)
        for attribute, text in texts.items():
            super().put_attribute_properties(device, attribute, {"__value": [text]})

    def delete_attribute(self, device: str, attribute: str) -> None:
        if self._attribute.get(device.lower(), {}).get(attribute.lower()):
            self._ask("DbDeleteDeviceAttribute", [device, attribute])
        super().delete_attribute(device, attribute)


def _members(table: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Texts]]:
    """Properties of pipes with keys in lower case."""
    return {
        member.lower(): {name.lower(): list(texts) for name, texts in own.items()}
        for member, own in table.items()
    }
