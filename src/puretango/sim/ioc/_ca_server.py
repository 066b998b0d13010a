"""caproto's Channel Access server, made to send monitors at once and to know when they have been sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from caproto.asyncio.server import Context, VirtualCircuit
from caproto.server.common import DisconnectedCircuit

__all__ = ["Server"]

#: Turns of the loop after which a client that does not read no longer holds up the others.
_TURNS = 10_000


class _Circuit(VirtualCircuit):
    """One client. Monitors are sent as they come, not collected for some time first."""

    sending = False

    @property
    def behind(self) -> bool:
        """Whether monitors wait to be sent to this client."""
        return self.connected and (self.sending or not self.subscription_queue.empty())

    async def subscription_queue_loop(self) -> None:
        """Send the whole queue in one go."""
        self.events_on.set()
        while True:
            references = [await self.subscription_queue.get()]
            self.sending = True
            with contextlib.suppress(asyncio.QueueEmpty):
                while True:
                    references.append(self.subscription_queue.get_nowait())
            commands = [command for command in (ref() for ref in references) if command is not None]
            # No monitor may follow the answer to its cancellation.
            wanted = {s.subscriptionid for subs in self.subscriptions.values() for s in subs}
            try:
                await self.send(*(c for c in commands if c.subscriptionid in wanted))
            except DisconnectedCircuit:
                await self._on_disconnect()
                self.circuit.disconnect()
                await self.context.circuit_disconnected(self)
                return
            finally:
                self.sending = False


class Server(Context):
    """Serves the channels of an IOC."""

    CircuitClass = _Circuit

    async def tcp_handler(self, client: Any, addr: tuple[str, int]) -> None:
        """Serve one client; small messages do not wait for the client's acknowledgements."""
        socket_of = client.writer.get_extra_info("socket")
        socket_of.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().tcp_handler(client, addr)

    async def monitors_sent(self) -> None:
        """Wait until everything published before has been sent.

        A client that learns of the end of an operation must not see older values after that.
        """
        for _ in range(_TURNS):
            await asyncio.sleep(0)
            waiting = not self.subscription_queue.empty()
            if not waiting and not any(circuit.behind for circuit in self.circuits):
                return
