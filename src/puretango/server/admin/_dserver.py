"""The admin device of a server: dserver/PROGRAM/INSTANCE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.server.admin._part import AdminHost
from puretango.server.admin._parts import AdminParts
from puretango.server.command._command import AdminCommand
from puretango.server.device._deviceclass import DeviceClass
from puretango.server.device._deviceimpl import Device_6Impl
from puretango.server.device.parts._tango import Tango
from puretango.values import DevState, GreenMode, StdStringVector


class DServerClass(DeviceClass):
    """The class of admin devices."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.set_type("Uninitialised")

    def build(self, device_type: Any) -> None:
        super().build(device_type)
        for name, (part, declared) in AdminParts.commands().items():
            in_type, in_text, out_type, out_text = declared
            method = _done_by(part, name)
            self.add_command(
                AdminCommand(name, in_type, out_type, in_text, out_text, method=method)
            )


def _done_by(part: str, command: str) -> Callable[..., Any]:
    """A function that runs a command: the method of that name, of the part that declares it."""
    return lambda admin, *argument: getattr(getattr(admin._parts, part), command)(*argument)


class AdminTango(Tango):
    """The parts of the admin device."""

    server: AdminHost


class DServer(Device_6Impl):
    """The admin device: clients steer the server through it.

    Its commands are done by parts, one for each subject. The methods here have PyTango's names, for
    programs that use what ``Util.get_dserver_device()`` gives.
    """

    green_mode = GreenMode.Synchronous
    _tango: AdminTango

    def __init__(self, cl: DeviceClass, name: str) -> None:
        super().__init__(cl, name, "A device server device !!", DevState.ON, "The device is ON")
        self._parts = AdminParts(self, self._tango.server)

    def dev_status(self) -> Any:
        """The state of the device and of the polling."""
        polling = "ON" if self._tango.server.poller.scheduler.active else "OFF"
        return f"The device is {self._tango.state.value}\nThe polling is {polling}"

    def get_version_info(self) -> dict[str, str]:
        """What ``info().version_info`` tells clients; for the admin device, the server's connections too."""
        told = self._tango.server.connections
        versions = super().get_version_info()
        return {**versions, "connections": told} if told else versions

    # -- polling and logging -----------------------------------------------------------------------

    def add_obj_polling(self, argin: Any, with_db_upd: bool = True, delta_ms: int = 0) -> None:
        """Start to poll: ``([period in ms], [device, "attribute" or "command", name])``.

        Without ``with_db_upd`` the database does not remember it. ``delta_ms`` is C++ Tango's
        offset within its polling thread; here each object has a time of its own.
        """
        self._parts.polling.add(argin, with_db_upd)

    def upd_obj_polling_period(self, argin: Any, with_db_upd: bool = True) -> None:
        """Change a polling period: ``([period in ms], [device, kind, name])``."""
        self._parts.polling.update(argin, with_db_upd)

    def rem_obj_polling(self, argin: Any, with_db_upd: bool = True) -> None:
        """Stop polling: ``[device, kind, name]``."""
        self._parts.polling.remove(argin, with_db_upd)

    def dev_poll_status(self, arg0: str) -> list[str]:
        """How the polling of a device goes: a text for each polled object."""
        if not isinstance(arg0, str):
            raise TypeError(f"dev_poll_status(): a device's name is wanted, not {arg0!r}")
        return list(self._parts.polling.DevPollStatus(arg0))

    def polled_device(self) -> list[str]:
        """The devices with something polled."""
        return list(self._parts.polling.PolledDevice())

    def start_polling(self) -> None:
        """Poll again."""
        self._parts.polling.StartPolling()

    def stop_polling(self, with_db_upd: bool = True) -> None:
        """Poll nothing in the server until start_polling; nothing is forgotten."""
        self._parts.polling.StopPolling()

    def add_logging_target(self, targets: list[str]) -> None:
        """``[device, "kind::name", …]``: send the messages of devices there too."""
        self._parts.logging.AddLoggingTarget(targets)

    def remove_logging_target(self, targets: list[str]) -> None:
        """``[device, "kind::name", …]``: stop sending the messages of devices there."""
        self._parts.logging.RemoveLoggingTarget(targets)

    def start_logging(self) -> None:
        """All devices log at the levels before stop_logging."""
        self._parts.logging.StartLogging()

    def stop_logging(self) -> None:
        """No device logs until start_logging."""
        self._parts.logging.StopLogging()

    def query_class(self) -> list[str]:
        """The classes of the server."""
        return self._parts.life.QueryClass()

    def query_device(self) -> list[str]:
        """The devices of the server, with their classes: ``CLASS::DEVICE``."""
        return self._parts.life.QueryDevice()

    def query_sub_device(self) -> list[str]:
        """The devices that the server's devices use."""
        return self._parts.life.QuerySubDevice()

    def query_class_prop(self, arg0: str) -> list[str]:
        """The properties of a class: name, description, default for each."""
        return self._parts.life.QueryWizardClassProperty(arg0)

    def query_dev_prop(self, arg0: str) -> list[str]:
        """The properties of a class's devices: name, description, default for each."""
        return self._parts.life.QueryWizardDevProperty(arg0)

    # -- locks -------------------------------------------------------------------------------------

    def lock_device(self, in_data: Any) -> None:
        """Lock a device for the client that is being served: ``([seconds], [device])``."""
        self._parts.locks.LockDevice(in_data)

    def un_lock_device(self, in_data: Any) -> int:
        """Give locks back, or break them: ``([force], [device, …])``."""
        return self._parts.locks.UnLockDevice(in_data)

    def re_lock_devices(self, in_data: list[str]) -> None:
        """Renew locks."""
        self._parts.locks.ReLockDevices(in_data)

    def dev_lock_status(self, dev_name: str) -> list[Any]:
        """Whether a device is locked, and by which client."""
        longs, strings = self._parts.locks.DevLockStatus(dev_name)
        return [[int(each) for each in longs], list(strings)]

    # -- life and death ----------------------------------------------------------------------------

    def restart(self, d_name: str) -> None:
        """Stop a device and make it again."""
        self._parts.life.DevRestart(d_name)

    def restart_server(self) -> None:
        """Make all devices again, after the request that is being served."""
        self._parts.life.RestartServer()

    def kill(self) -> None:
        """End the server, after the request that is being served."""
        self._parts.life.Kill()

    def delete_devices(self) -> None:
        """Delete every device of the server; the admin device stays."""
        for device in list(self._tango.server.devices):
            self._tango.server.remove_device(device)

    def add_event_heartbeat(self) -> None:
        """Send heartbeats to the subscribers, as a server does from its first one on."""
        self._tango.server.publisher.feeds.beats = True

    def rem_event_heartbeat(self) -> None:
        """Send no heartbeats: subscribers take the server for gone."""
        self._tango.server.publisher.feeds.beats = False

    # -- the server --------------------------------------------------------------------------------

    def get_process_name(self) -> str:
        """The program: ``D`` of ``D/x``."""
        return self._tango.server.server_name

    def get_instance_name(self) -> str:
        """The instance: ``x`` of ``D/x``."""
        return self._tango.server.server_id.partition("/")[2]

    def get_personal_name(self) -> str:
        """The instance, by C++ Tango's older word."""
        return self.get_instance_name()

    def get_full_name(self) -> str:
        """Program and instance."""
        return self._tango.server.server_id

    def get_fqdn(self) -> str:
        """The name of this device."""
        return self._tango.server.admin_name

    def get_poll_th_pool_size(self) -> int:
        """How many threads may poll at once."""
        return self._tango.server.poller.scheduler.most_threads

    def get_poll_th_conf(self) -> StdStringVector:
        """Which devices share a polling thread: none are bound to one here."""
        return StdStringVector()

    def get_opt_pool_usage(self) -> bool:
        """True: no more threads are made than are needed."""
        return True
