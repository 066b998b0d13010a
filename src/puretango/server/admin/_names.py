"""What PyTango's DServer calls its commands, and what it tells of its server."""

from __future__ import annotations

from typing import Any

from puretango.server.admin._events import AdminEvents
from puretango.server.admin._life import AdminServer
from puretango.server.admin._locking import AdminLocking
from puretango.server.admin._logging import AdminLogging
from puretango.server.admin._polling import AdminPolling
from puretango.values import StdStringVector


class AdminNames(AdminServer, AdminPolling, AdminLocking, AdminLogging, AdminEvents):
    """PyTango's names on the device that ``Util.get_dserver_device()`` gives."""

    def dev_poll_status(self, arg0: str) -> list[str]:
        """How the polling of a device goes: a text for each polled object."""
        if not isinstance(arg0, str):
            raise TypeError(f"dev_poll_status(): a device's name is wanted, not {arg0!r}")
        return list(self.DevPollStatus(arg0))

    def polled_device(self) -> list[str]:
        """The devices with something polled."""
        return list(self.PolledDevice())

    def start_polling(self) -> None:
        """Poll again."""
        self.StartPolling()

    def stop_polling(self, with_db_upd: bool = True) -> None:
        """Poll nothing in the server until start_polling; nothing is forgotten."""
        self.StopPolling()

    def start_logging(self) -> None:
        """All devices log at the levels before stop_logging."""
        self.StartLogging()

    def stop_logging(self) -> None:
        """No device logs until start_logging."""
        self.StopLogging()

    def query_class(self) -> list[str]:
        """The classes of the server."""
        return self.QueryClass()

    def query_device(self) -> list[str]:
        """The devices of the server, with their classes: ``CLASS::DEVICE``."""
        return self.QueryDevice()

    def query_sub_device(self) -> list[str]:
        """The devices that the server's devices use."""
        return self.QuerySubDevice()

    def query_class_prop(self, arg0: str) -> list[str]:
        """The properties of a class: name, description, default for each."""
        return self.QueryWizardClassProperty(arg0)

    def query_dev_prop(self, arg0: str) -> list[str]:
        """The properties of a class's devices: name, description, default for each."""
        return self.QueryWizardDevProperty(arg0)

    # -- locks -------------------------------------------------------------------------------------

    def lock_device(self, in_data: Any) -> None:
        """Lock a device for the client that is being served: ``([seconds], [device])``."""
        self.LockDevice(in_data)

    def un_lock_device(self, in_data: Any) -> int:
        """Give locks back, or break them: ``([force], [device, …])``."""
        return self.UnLockDevice(in_data)

    def re_lock_devices(self, in_data: list[str]) -> None:
        """Renew locks."""
        self.ReLockDevices(in_data)

    def dev_lock_status(self, dev_name: str) -> list[Any]:
        """Whether a device is locked, and by which client."""
        longs, strings = self.DevLockStatus(dev_name)
        return [[int(each) for each in longs], list(strings)]

    # -- life and death ----------------------------------------------------------------------------

    def restart(self, d_name: str) -> None:
        """Stop a device and make it anew."""
        self.DevRestart(d_name)

    def restart_server(self) -> None:
        """Make all devices anew, after the request that is being served."""
        self.RestartServer()

    def kill(self) -> None:
        """End the server, after the request that is being served."""
        self.Kill()

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
