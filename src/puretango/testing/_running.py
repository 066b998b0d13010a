"""A server under test while it runs: in a thread of this process, or in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol

from puretango.client import default_context, using_names
from puretango.testing._device import Served

if TYPE_CHECKING:
    from puretango.server import Server

__all__ = ["InProcess", "Launch", "OwnProcess", "Running"]

NO_DB = "#dbase=no"


@dataclass
class Launch:
    """Everything that a server needs to start, in a form that can be sent to a process started by `spawn`."""

    server_name: str
    instance: str
    served: list[Served]
    host: str
    port: int
    debug: int
    green_mode: Any
    file: str | None
    short_names: bool

    def server(self) -> Server:
        """The server, not yet started."""
        from puretango.server import Server

        devices = [device for one in self.served for device in one.devices]
        if self.file is not None:
            return Server(
                self.instance,
                [one.declaration for one in self.served],
                server_name=self.server_name,
                host=self.host,
                port=self.port,
                file=self.file,
                green_mode=self.green_mode,
                verbose=self.debug,
            )
        return Server(
            self.instance,
            [one.declaration for one in self.served],
            server_name=self.server_name,
            host=self.host,
            port=self.port,
            devices={one.name: [device.name for device in one.devices] for one in self.served},
            properties={device.name: device.properties for device in devices},
            class_properties={one.name: one.class_properties for one in self.served},
            attribute_properties={device.name: device.attribute_properties for device in devices},
            green_mode=self.green_mode,
            verbose=self.debug,
        )

    def resolver(self, server: HasPort) -> Callable[[str], str | None]:
        """Full names for the short ones of this server's devices, from their initialisation on.

        Within PyTango's limits every short name means a device of the server started last.
        """
        from puretango.server import keeps_pytango_limits

        alone = keeps_pytango_limits()
        known = {device.name.lower() for one in self.served for device in one.devices}
        known.add(f"dserver/{self.server_name}/{self.instance}".lower())

        def full(name: str) -> str | None:
            parts = name.lower().split("/")
            if "/".join(parts[:3]) in known or (alone and not name.startswith("tango://")):
                return f"tango://{self.host}:{server.port}/{name}{NO_DB}"
            return None

        return full

    @contextmanager
    def running(self) -> Iterator[Server]:
        """The server while it runs; its devices have their short names."""
        server = self.server()
        with using_names(self.resolver(server)) if self.short_names else nullcontext(), server:
            _raise_first_failure(server)
            yield server


class HasPort(Protocol):
    """A server, or the context of one in another process."""

    @property
    def port(self) -> int:
        """The port on which it listens for calls."""
        ...


class Running(Protocol):
    """The `thread` of PyTango's contexts."""

    daemon: bool

    def start(self) -> None: ...
    def is_alive(self) -> bool: ...
    def join(self, timeout: float | None = None) -> None: ...
    def ready(self, timeout: float) -> int: ...
    def stop(self, timeout: float) -> None: ...


class InProcess:
    """A server that a thread of this process starts, waits for and stops."""

    def __init__(self, launch: Launch) -> None:
        self.daemon = True
        self._launch = launch
        self._started = threading.Event()
        self._unwanted = False
        self._error: BaseException | None = None
        self._server: Server | None = None
        self._thread = threading.Thread(target=self._run, name=f"{launch.server_name} under test")

    def start(self) -> None:
        """Start the thread."""
        self._thread.daemon = True  # a device stuck in its end must not keep the interpreter alive
        self._thread.start()

    def is_alive(self) -> bool:
        """True until the server is stopped."""
        return self._thread.is_alive()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the server's end."""
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            with self._launch.running() as server:
                self._server = server
                self._started.set()
                if not self._unwanted:
                    server.wait()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error
        finally:
            self._started.set()

    def ready(self, timeout: float) -> int:
        """The port, once the server is up; raises the reason if it could not start."""
        if not self._started.wait(timeout):
            self._unwanted = True  # let it end as soon as it is up, since nobody will stop it
            if self._server is not None:
                self._server.kill()
            raise RuntimeError(
                "The server appears to be stuck at initialization. "
                "Check stdout/stderr for more information."
            )
        if self._error is not None:
            self._thread.join(timeout)
            raise self._error
        assert self._server is not None
        return self._server.port

    def stop(self, timeout: float) -> None:
        """Stop the server; RuntimeError if it does not end in time."""
        if self._server is not None:
            self._server.kill()
        self.join(timeout)
        if self.is_alive():
            raise RuntimeError("Device server failed to exit cleanly (stuck in shutdown?)")
        if self._error is not None:
            raise self._error


class OwnProcess:
    """A server in a process of its own, forked where that exists, so that classes made in a test arrive there."""

    def __init__(self, launch: Launch) -> None:
        methods = multiprocessing.get_all_start_methods()
        forks = "fork" in methods
        context: Any = multiprocessing.get_context("fork" if forks else "spawn")
        self._near, far = context.Pipe()
        self._far: Connection | None = far
        self._code: int | None = None
        self._ended = False
        self._process = context.Process(
            target=_serve, args=(launch, far, self._near if forks else None)
        )

    @property
    def daemon(self) -> bool:
        """As multiprocessing has it."""
        return bool(self._process.daemon)

    @daemon.setter
    def daemon(self, value: bool) -> None:
        self._process.daemon = value

    @property
    def exitcode(self) -> int | None:
        """As multiprocessing has it."""
        code: int | None = self._code if self._ended else self._process.exitcode
        return code

    def start(self) -> None:
        """Start the process."""
        self._process.start()
        assert self._far is not None
        self._far.close()
        self._far = None

    def is_alive(self) -> bool:
        """True until the process has ended."""
        return not self._ended and self._process.pid is not None and bool(self._process.is_alive())

    def join(self, timeout: float | None = None) -> None:
        """Wait for the process's end."""
        if not self._ended and self._process.pid is not None:
            self._process.join(timeout)

    def ready(self, timeout: float) -> int:
        """The port, once the server is up; raises the reason if it could not start."""
        try:
            if not self._near.poll(timeout):
                self._near.close()  # this ends it as soon as it is up, since nobody will stop it
                raise RuntimeError(
                    "The server appears to be stuck at initialization. "
                    "Check stdout/stderr for more information."
                )
            answer = self._near.recv()
        except EOFError:
            self.join(timeout)
            raise RuntimeError(
                f"The server process stopped with exitcode {self.exitcode}. "
                f"Check stdout/stderr for more information."
            ) from None
        if isinstance(answer, BaseException):
            self.join(timeout)
            raise answer
        port: int = answer
        return port

    def stop(self, timeout: float) -> None:
        """Ask the server to stop; RuntimeError if it had to be killed."""
        try:
            self._near.send("stop")
        except OSError:
            pass  # it has ended already
        self._near.close()
        self.join(timeout)
        if self.is_alive():
            self._process.kill()
            self.join(timeout)
            alive = self.is_alive()
            raise RuntimeError(
                f"Device server failed to exit cleanly (stuck in shutdown?). "
                f"Tried to kill subprocess. Still alive: {alive}."
            )
        self._code, self._ended = self._process.exitcode, True
        self._process.close()  # closes its descriptor now, not with the next garbage collection


def _serve(launch: Launch, pipe: Connection, parents_end: Connection | None) -> None:
    """The other process: report the port or the error, serve until told to stop, killed, or without a parent."""
    if parents_end is not None:
        parents_end.close()
    try:
        with launch.running() as server:
            pipe.send(server.port)
            threading.Thread(target=_watch, args=(pipe, server), daemon=True).start()
            server.wait()
        default_context().close()
    except BaseException as error:  # noqa: BLE001 - handed to the process that waits
        try:
            pipe.send(error)
        except OSError:
            pass  # nobody waits for it any more
        except Exception:  # noqa: BLE001 - an exception that does not pickle
            pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
        os._exit(1)


def _raise_first_failure(server: Server) -> None:
    """Raise in a test the error of a device that could not be initialised, with which a server lives on."""
    if server.init_failures:
        raise server.init_failures[0][1]


def _watch(pipe: Connection, server: Server) -> None:
    """Stop the server when the parent closes its end of the pipe, or dies."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        pass
    server.kill()
