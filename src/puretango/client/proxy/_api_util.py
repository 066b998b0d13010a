"""ApiUtil: settings of the client library as a whole."""

from __future__ import annotations

import json
import socket
from typing import Any

from puretango.client.context._context import close_default_context, default_context
from puretango.client.names._environment import environment_variable
from puretango.values import Subclassed, asyn_req_type, cb_sub_model

__all__ = ["ApiUtil"]


class ApiUtil(Subclassed):
    """A view of the default client context, under PyTango's name; ``ApiUtil.instance()``."""

    @staticmethod
    def instance() -> ApiUtil:
        """The one view."""
        return _INSTANCE

    @staticmethod
    def cleanup() -> None:
        """Close the default client context; the next proxy makes another."""
        close_default_context()

    @staticmethod
    def get_env_var(name: str) -> str | None:
        """A Tango setting, from the environment or the tangorc files."""
        return environment_variable(name)

    def get_asynch_cb_sub_model(self) -> cb_sub_model:
        """How the callbacks of asynchronous calls are run."""
        return default_context().pending.model

    def set_asynch_cb_sub_model(self, model: cb_sub_model) -> None:
        """Set how the callbacks of asynchronous calls are run: at once, or when asked for."""
        default_context().pending.model = cb_sub_model(model)

    def get_asynch_replies(self, timeout: int | None = None) -> None:
        """Run the callbacks of the replies that are there, waiting as long as said."""
        default_context().pending.deliver(timeout)

    def pending_asynch_call(self, req: asyn_req_type) -> int:
        """How many asynchronous calls are under way."""
        return default_context().pending.count(req)

    def in_server(self) -> bool:
        """True if this process serves devices."""
        import sys

        server: Any = sys.modules.get("puretango.server")
        return bool(server and getattr(server, "is_serving", bool)())

    def is_notifd_event_consumer_created(self) -> bool:
        """The notification service is of Tango 7; it is never used."""
        return False

    def is_zmq_event_consumer_created(self) -> bool:
        """True once anything was subscribed to."""
        from puretango.client.events._room import has_events  # loads ZMQ

        return has_events(default_context())

    def query_event_system(self) -> str:
        """The subscriptions of this client, as JSON."""
        from puretango.client.events._room import events_of, has_events  # loads ZMQ

        context = default_context()
        return json.dumps(events_of(context).report() if has_events(context) else {})

    def enable_event_system_perf_mon(self, flag: bool) -> None:
        """Start or stop measuring the delivery of events."""
        from puretango.client.events._room import events_of  # loads ZMQ

        events_of(default_context()).set_monitoring(bool(flag))

    def get_ip_from_if(self, interface_name: list[str]) -> None:
        """Replace names of network interfaces by their addresses, in place."""
        addresses = [_address_of(name) for name in interface_name]
        interface_name[:] = addresses

    def get_user_connect_timeout(self) -> int:
        """The connect timeout that the user has set, in milliseconds; -1 is none."""
        text = environment_variable("TANGOconnectTimeout")
        return int(text) if text and text.isdigit() else -1


def _address_of(interface: str) -> str:
    try:
        return socket.gethostbyname(interface)
    except OSError:
        return interface


_INSTANCE = ApiUtil()
