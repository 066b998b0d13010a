"""The devices of a server: made, let into service, restarted, ended."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.access import _memorized
from puretango.server.attribute._standard import standard_specs
from puretango.server.base import _current as _context
from puretango.server.base._failure import AUTHORS_ERRORS, throw, to_dev_failed
from puretango.server.base._life import DeviceInput
from puretango.server.host._core import ServerCore
from puretango.server.host._names import names_of
from puretango.server.pipe._pipe import load_pipes
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._deviceimpl import DeviceImpl

LOG = logging.getLogger("puretango.server")
PATIENCE = 2.0
"""Seconds that a restart waits for a running request of the device: less than the restart's client waits."""


class Devices:
    """Makes, restarts and removes the devices of a server, and its device classes."""

    def __init__(self, server: ServerCore) -> None:
        self._server = server
        self.restarting = threading.RLock()
        """Held while a device is, or all of them are, restarted."""

    def build(self) -> None:
        """All classes and their devices, the admin device first."""
        server = self._server
        self._build_admin()
        for info in server.classes:
            self._build_class(info)
        for cls in server.device_classes:
            cls.device_factory(names_of(server, cls))
        self.export(server.admin)
        for key, name in server.object_keys.items():
            server.dispatcher.by_key[key] = server.find_device(name)

    def finish_all(self) -> None:
        """End every device, the admin device last."""
        server = self._server
        for cls in server.device_classes:
            for device in list(cls.py_dev_list):
                self.finish(device)
        if server.admin is not None:
            self.finish(server.admin)
        server.device_classes = []
        server.init_failures = []

    def _build_class(self, info: Any) -> None:
        cls = info.device_class(info.name)
        info.device_type._device_class_instance = cls
        cls.build(info.device_type)
        for spec in standard_specs():
            cls.class_attributes.add_standard(spec)
        self._server.device_classes.append(cls)

    def _build_admin(self) -> None:
        from puretango.server.admin._dserver import DServer, DServerClass

        cls = DServerClass("DServer")
        cls.build(DServer)
        for spec in standard_specs():
            cls.class_attributes.add_standard(spec)
        self._server.admin = DServer(cls, self._server.admin_name)

    # -- devices -----------------------------------------------------------------------------------------

    def make_devices(self, cls: DeviceClass, names: list[str]) -> None:
        """Make devices of a class, initialised and exported."""
        made: list[DeviceImpl] = []
        for name in names:
            device = self.make(cls, name)
            cls.py_dev_list.append(device)
            made.append(device)
        load_pipes(cls, made)
        cls.dyn_attr(made)
        for device in made:
            self.bring_into_service(device)

    def bring_into_service(self, device: DeviceImpl) -> None:
        """What follows once a device is made: checks, memorized values, polling, clients are let in."""
        device._tango.attributes.check_configuration()
        _memorized.load(device)
        device._tango.run(device._tango.access.restore_memorized())
        self._server.poller.table.remember_first(device)
        self.export(device)

    def make(self, cls: DeviceClass, name: str) -> DeviceImpl:
        """Make one device; one that cannot be made is replaced by a stand-in whose Status says why."""
        kind: Any = cls.device_type
        device: Any = kind.__new__(kind, cls, name)
        try:
            kind.__init__(device, cls, name)
        except AUTHORS_ERRORS as error:
            if not hasattr(getattr(device, "_tango", None), "logger"):
                # The device's __init__ failed: the stand-in's Status says why.
                from puretango.server.device._deviceimpl import LatestDeviceImpl

                device = LatestDeviceImpl(cls, name)
            device._tango.state.note_init_error(error)
            self._server.init_failures.append((device, to_dev_failed(error)))
            LOG.error("device %s: initialisation failed", name, exc_info=error)
        return device  # type: ignore[no-any-return]  # made by its class's own __new__

    def export(self, device: Any) -> None:
        """Let clients reach a device."""
        if device._tango.life.feed(DeviceInput.EXPORT) is None:
            return
        self._server.dispatcher.by_key[device._tango.lower_name.encode()] = device
        device._tango.exported = True
        device._tango.changed()
        self._server.store.export(device)
        self._server.poller.scheduler.add_device(device)

    def remove(self, device: Any) -> None:
        """Stop a device and forget it."""
        self.finish(device)
        self._server.store.unexport(device)
        cls = device._tango.device_class
        if device in cls.py_dev_list:
            cls.py_dev_list.remove(device)

    def run_init_hooks(self) -> None:
        for device in self._server.devices:
            try:
                device._tango.run(device._tango.call(device.server_init_hook))
            except AUTHORS_ERRORS as error:
                device.set_state(DevState.FAULT)
                device.set_status(f"The device is in FAULT state.\nserver_init_hook: {error}")
                LOG.error("device %s: server_init_hook failed", device._tango.name, exc_info=error)

    def restart(self, device: Any) -> None:
        """Stop a device and make it again, while its clients stay connected."""
        with self.restarting, _context.working_for(self._server):
            cls = device._tango.device_class
            if cls not in self._server.device_classes or device not in cls.py_dev_list:
                raise throw(
                    "API_DeviceNotFound",
                    f"Device {device._tango.name} has been restarted or removed meanwhile",
                    "DServer::restart()",
                )
            self._server.restarting = device._tango.lower_name
            try:
                place = cls.py_dev_list.index(device)
                before = self._server.publisher.interface_of(device)
                self.finish(device)
                cls.py_dev_list.remove(device)
                self._server.store.forget_device(device._tango.name)
                fresh = self.make(cls, device._tango.name)
                if self._server.is_stopping:  # meanwhile: nothing else would end the new device
                    self.finish(fresh)
                    return
                cls.py_dev_list.insert(place, fresh)
                load_pipes(cls, [fresh])
                cls.dyn_attr([fresh])
                fresh._tango.attributes.check_configuration()
                _memorized.load(fresh)
                fresh._tango.run(fresh._tango.access.restore_memorized())
                self.export(fresh)
                for key, name in self._server.object_keys.items():
                    if name.lower() == fresh._tango.lower_name:
                        self._server.dispatcher.by_key[key] = fresh
                self._server.publisher.device_restarted(fresh, before)
            finally:
                self._server.restarting = ""

    def finish(self, device: Any) -> None:
        """End a device: its clients, its polling, its signals, and delete_device."""
        if device._tango.life.feed(DeviceInput.FINISH) is None:
            return
        device._tango.exported = False
        device._tango.changed()
        for key, known in list(self._server.dispatcher.by_key.items()):
            if known is device:
                del self._server.dispatcher.by_key[key]
        self._server.poller.forget(device)
        for signo in list(self._server.signals._wanted):
            self._server.signals.unregister(signo, device)
        self._delete(device)
        for attribute in device._tango.attributes.made():
            if attribute.forwarded:
                attribute.close()
        device._tango.telemetry.end()
        device._tango.logger.close()

    def _delete(self, device: Any) -> None:
        """Call delete_device, after the request or the turn of polling that runs in the device."""
        monitor = device._tango.monitor
        inside = False
        if (
            device is not self._server.admin and not self._server.is_stopping
        ):  # a server that stops has given them their time already
            try:
                monitor.acquire(PATIENCE)
                inside = True
            except DevFailed as error:
                LOG.warning("device %s is deleted in mid-request: %s", device._tango.name, error)
        try:
            device._tango.run(device._tango.call(device.delete_device))
        except AUTHORS_ERRORS:
            sys.stderr.write(
                f"{device._tango.name}: delete_device() raised a DevFailed exception\n"
                f"{traceback.format_exc()}"
            )
        finally:
            if inside:
                monitor.release()
