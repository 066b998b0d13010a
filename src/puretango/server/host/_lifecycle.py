"""The life of a server: start, restart of a device or of all, stop."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any, Self

from puretango.net import AsyncListener, Listener, WorkerPool
from puretango.server.access import _memorized
from puretango.server.attribute._standard import standard_specs
from puretango.server.base import _current as _context
from puretango.server.base._failure import AUTHORS_ERRORS, throw, to_dev_failed
from puretango.server.base._loopthread import LoopThread
from puretango.server.host._controlsystem import read_control_system
from puretango.server.host._limits import check_limits
from puretango.server.host._names import names_of
from puretango.server.host._stopping import GRACE, Stopping
from puretango.server.pipe._pipe import load_pipes
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._deviceimpl import DeviceImpl

LOG = logging.getLogger("puretango.server")


class Lifecycle(Stopping):
    """The part of a server that brings devices up and down."""

    # -- start -----------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen, build the devices, let clients in."""
        try:
            check_limits(self)
            if any(self.runs_on_loop(info.device_type) for info in self.classes):
                self.loop_thread = LoopThread()
                self.loop_thread.start(self.adopt_thread)
            self._bind()
            self.bring_up()
            self._let_clients_in()
        except BaseException:
            self.stop()
            raise
        return self

    async def start_async(self) -> Self:
        """start() on the running loop, which the asyncio devices then share."""
        try:
            check_limits(self)
            self.loop_thread = LoopThread(asyncio.get_running_loop())
            self._workers = WorkerPool()
            self.listener = self._make_async_listener()
            await self.listener.bind()
            await asyncio.to_thread(self.bring_up)
            await self.listener.start()
        except BaseException:
            await self.stop_async()
            raise
        return self

    def build(self) -> Self:
        """Build the devices, and listen to nobody: they are called from within this process."""
        try:
            check_limits(self)
            if any(self.runs_on_loop(info.device_type) for info in self.classes):
                raise TypeError("asyncio devices are built on a loop: await build_async()")
            self.bring_up()
        except BaseException:
            self.stop()
            raise
        return self

    async def build_async(self) -> Self:
        """build() for asyncio devices, on the running loop."""
        try:
            check_limits(self)
            self.loop_thread = LoopThread(asyncio.get_running_loop())
            self._workers = WorkerPool()
            await asyncio.to_thread(self.bring_up)
        except BaseException:
            await self.stop_async()
            raise
        return self

    def _bind(self) -> None:
        """Take the address, which the devices' references hold, before there are any devices."""
        if self.loop_thread is None:
            self.listener = Listener(
                self.host,
                self._port,
                self.dispatcher.handle,
                locate=self.dispatcher.locate,
                max_connections=self.max_connections,
                at_thread=self.adopt_thread,
            )
            self.listener.bind()
        else:
            self._workers = WorkerPool()
            self.listener = self._make_async_listener()
            self.loop_thread.run(self.listener.bind())

    def _make_async_listener(self) -> AsyncListener:
        return AsyncListener(
            self.host,
            self._port,
            self.dispatcher.handle,
            locate=self.dispatcher.locate,
            max_connections=self.max_connections,
        )

    def _let_clients_in(self) -> None:
        """Clients that came before the devices were there have waited until now."""
        if isinstance(self.listener, Listener):
            self.listener.start()
        elif self.listener is not None and self.loop_thread is not None:
            self.loop_thread.run(self.listener.start())

    def bring_up(self) -> None:
        """Build classes and devices, and export them."""
        self.is_starting = True
        if self.classes:
            _context.note_mode(self.green_mode_of(self.classes[0].device_type))
        try:
            with _context.working_for(self):
                self.store.begin()
                read_control_system(self)
                self._build_admin()
                for info in self.classes:
                    self._build_class(info)
                for cls in self.device_classes:
                    cls.device_factory(names_of(self, cls))
                self.export_device(self.admin)
                for key, name in self.object_keys.items():
                    self.dispatcher.by_key[key] = self.find_device(name)
                self.store.complete()
                self.subdevices.store_sub_devices()
                self._run_init_hooks()
        finally:
            self.is_starting = False
        self.publisher.start()
        self.poller.scheduler.start()

    def _build_class(self, info: Any) -> None:
        cls = info.device_class(info.name)
        info.device_type._device_class_instance = cls
        cls.build(info.device_type)
        for spec in standard_specs():
            cls.class_attributes.add(spec)
        self.device_classes.append(cls)

    def _build_admin(self) -> None:
        from puretango.server.admin._dserver import DServer, DServerClass

        cls = DServerClass("DServer")
        cls.build(DServer)
        for spec in standard_specs():
            cls.class_attributes.add(spec)
        self.admin = DServer(cls, self.admin_name)

    # -- devices -----------------------------------------------------------------------------------------

    def make_devices(self, cls: DeviceClass, names: list[str]) -> None:
        """Make devices of a class, initialised and exported."""
        made: list[DeviceImpl] = []
        for name in names:
            device = self.make_device(cls, name)
            cls.py_dev_list.append(device)
            made.append(device)
        load_pipes(cls, made)
        cls.dyn_attr(made)
        for device in made:
            self.bring_into_service(device)

    def bring_into_service(self, device: DeviceImpl) -> None:
        """What follows a device's making: checks, memorized values, polling, its clients."""
        device._tango.attributes.check_configuration()
        _memorized.load(device)
        device._tango.run(device._tango.access.restore_memorized())
        self.poller.table.remember_first(device)
        self.export_device(device)

    def make_device(self, cls: DeviceClass, name: str) -> DeviceImpl:
        """Make one device; one whose making fails gets a stand-in that says why."""
        kind: Any = cls.device_type
        device: Any = kind.__new__(kind, cls, name)
        try:
            kind.__init__(device, cls, name)
        except AUTHORS_ERRORS as error:
            if not hasattr(getattr(device, "_tango", None), "logger"):
                # The device was not even made: what stands in for it says why.
                from puretango.server.device._deviceimpl import LatestDeviceImpl

                device = LatestDeviceImpl(cls, name)
            device._tango.state.note_init_error(error)
            self.init_failures.append((device, to_dev_failed(error)))
            LOG.error("device %s: initialisation failed", name, exc_info=error)
        return device  # type: ignore[no-any-return]

    def export_device(self, device: Any) -> None:
        """Let clients reach a device."""
        self.dispatcher.by_key[device._tango.lower_name.encode()] = device
        device._tango.exported = True
        device._tango.changed()
        self.store.export(device)
        self.poller.scheduler.add_device(device)

    def remove_device(self, device: Any) -> None:
        """Stop a device and forget it."""
        self._finish_device(device)
        self.store.unexport(device)
        cls = device._tango.device_class
        if device in cls.py_dev_list:
            cls.py_dev_list.remove(device)

    def _run_init_hooks(self) -> None:
        for device in self.devices:
            try:
                device._tango.run(device._tango.call(device.server_init_hook))
            except AUTHORS_ERRORS as error:
                device.set_state(DevState.FAULT)
                device.set_status(f"The device is in FAULT state.\nserver_init_hook: {error}")
                LOG.error("device %s: server_init_hook failed", device._tango.name, exc_info=error)

    # -- restart -------------------------------------------------------------------------------------------

    def restart_device(self, device: Any) -> None:
        """Stop a device and make it anew, under the eyes of its clients."""
        with self._restart_lock, _context.working_for(self):
            cls = device._tango.device_class
            if cls not in self.device_classes or device not in cls.py_dev_list:
                raise throw(
                    "API_DeviceNotFound",
                    f"Device {device._tango.name} has been restarted or removed meanwhile",
                    "DServer::restart()",
                )
            self.restarting = device._tango.lower_name
            try:
                place = cls.py_dev_list.index(device)
                before = self.publisher.interface_of(device)
                self._finish_device(device)
                cls.py_dev_list.remove(device)
                self.store.forget_device(device._tango.name)
                fresh = self.make_device(cls, device._tango.name)
                if self.is_stopping:  # meanwhile: nobody else would end it
                    self._finish_device(fresh)
                    return
                cls.py_dev_list.insert(place, fresh)
                load_pipes(cls, [fresh])
                cls.dyn_attr([fresh])
                fresh._tango.attributes.check_configuration()
                _memorized.load(fresh)
                fresh._tango.run(fresh._tango.access.restore_memorized())
                self.export_device(fresh)
                for key, name in self.object_keys.items():
                    if name.lower() == fresh._tango.lower_name:
                        self.dispatcher.by_key[key] = fresh
                self.publisher.device_restarted(fresh, before)
            finally:
                self.restarting = ""

    def restart_all(self) -> None:
        """RestartServer: all classes and devices anew; the connections stay."""
        self.poller.scheduler.stop(GRACE)
        self._take_down()
        self.bring_up()
        for device in self.devices:
            self.publisher.device_restarted(device)

    def _is_over(self) -> bool:
        return not self.alive or self.is_stopping

    def run_restart(self) -> None:
        """restart_all in a thread of its own, so that the request for it can be answered."""

        def restart() -> None:
            with self._restart_lock:
                if self._is_over():
                    return
                try:
                    self.restart_all()
                    if self._is_over():  # whoever stopped the server has not waited so long
                        self.poller.scheduler.stop(GRACE)
                        self._take_down()
                except BaseException:
                    # Without devices, the admin device among them, nobody could end it any more.
                    LOG.exception("the server cannot be restarted: it ends")
                    self.kill()

        self._restart_thread = threading.Thread(
            target=restart, name="puretango-restart", daemon=True
        )
        self._restart_thread.start()
