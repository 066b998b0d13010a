"""``run``: a device server as a program."""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable
from typing import Any

from puretango.errors import DevFailed
from puretango.server.base._offers import offer
from puretango.server.declaration._typehint import is_coroutine_function
from puretango.server.host._classes import to_classes
from puretango.server.run._startfailure import telling_the_caller
from puretango.server.run._util import Util
from puretango.values import GreenMode, SerialModel

_CALLBACK = "must be a callable or sequence <callable [, args, [, kwargs]]>"


def to_callback(callback: Any, cb_type: str, green_mode: GreenMode | None) -> Callable[[], Any]:
    """A callback given as a callable, or as ``(callable, args, kwargs)``."""
    if callback is None:
        return lambda: None
    if callable(callback):
        function = callback
    elif isinstance(callback, (list, tuple)):
        if not 1 <= len(callback) <= 3 or not callable(callback[0]):
            raise TypeError(f"{cb_type} {_CALLBACK}")
        args = callback[1] if len(callback) > 1 else []
        kwargs = callback[2] if len(callback) > 2 else {}
        function = functools.partial(callback[0], *args, **kwargs)
    else:
        raise TypeError(f"{cb_type} {_CALLBACK}")
    if green_mode == GreenMode.Asyncio and not is_coroutine_function(function):

        @functools.wraps(function)
        async def asynchronous() -> Any:
            return function()

        return asynchronous
    return function  # type: ignore[no-any-return]  # found by its name


def run(
    classes: Any,
    args: Any = None,
    msg_stream: Any = sys.stdout,
    verbose: bool = False,
    util: Util | None = None,
    event_loop: Callable[[], Any] | None = None,
    pre_init_callback: Any = None,
    post_init_callback: Any = None,
    green_mode: GreenMode | None = None,
    raises: bool = False,
    err_stream: Any = sys.stderr,
    cleanup: bool = False,
) -> None:
    """Run device classes as a server until it is told to end.

    ``classes`` are Device classes, or ``(DeviceClass, DeviceImpl[, name])``, in a sequence or a
    table; ``args`` is the command line with the program's name first. With ``raises`` nothing is
    caught.
    """
    serve = functools.partial(
        _serve,
        classes,
        args,
        msg_stream,
        util,
        event_loop,
        pre_init_callback,
        post_init_callback,
        green_mode,
    )
    if raises:
        with telling_the_caller():
            serve()
        return
    write = err_stream.write if err_stream else _quiet
    try:
        serve()
        return
    except KeyboardInterrupt:
        write("Exiting: Keyboard interrupt\n")
    except DevFailed as error:
        write(f"Exiting: Server exited with tango.DevFailed:\n{error}\n")
        if verbose:
            write(traceback.format_exc())
    except Exception as error:
        write(f"Exiting: Server exited with unforseen exception:\n{error}\n")
        if verbose:
            write(traceback.format_exc())
    write("\nExited\n")


def server_run(
    classes: Any,
    args: Any = None,
    msg_stream: Any = sys.stdout,
    verbose: bool = False,
    util: Util | None = None,
    event_loop: Callable[[], Any] | None = None,
    pre_init_callback: Any = None,
    post_init_callback: Any = None,
    green_mode: GreenMode | None = None,
    err_stream: Any = sys.stderr,
    cleanup: bool = False,
) -> None:
    """The old name of :func:`run`."""
    run(
        classes,
        args,
        msg_stream,
        verbose,
        util,
        event_loop,
        pre_init_callback,
        post_init_callback,
        green_mode,
        err_stream=err_stream,
        cleanup=cleanup,
    )


def _quiet(_text: str) -> None:
    return None


def _serve(
    classes: Any,
    args: Any,
    msg_stream: Any,
    util: Util | None,
    event_loop: Callable[[], Any] | None,
    pre_init_callback: Any,
    post_init_callback: Any,
    green_mode: GreenMode | None,
) -> None:
    infos = to_classes(classes)
    if not infos and util is None:
        raise ValueError("No device classes specified - cannot run device server with no classes.")
    write = msg_stream.write if msg_stream else _quiet
    util = util or Util.init(sys.argv if args is None else args)
    server = util.server
    server.classes.extend(info for info in infos if info not in server.classes)
    if green_mode is not None:
        server.green_mode = green_mode
    modes = {server.green_mode_of(info.device_type) for info in server.classes}
    mode = GreenMode.Asyncio if modes == {GreenMode.Asyncio} else GreenMode.Synchronous
    if modes == {GreenMode.Gevent}:
        server.serial_model = SerialModel.NO_SYNC
    before = to_callback(pre_init_callback, "pre_init_callback", mode)
    after = to_callback(post_init_callback, "post_init_callback", mode)
    with server.running_callbacks() as call:
        call(before)
        util.server_init()
        try:
            call(after)
            write("Ready to accept request\n")
            flush = getattr(msg_stream, "flush", None)
            if flush is not None:
                flush()
            if event_loop is not None:
                util.server_set_event_loop(lambda: call(event_loop))
            util.server_run()
        finally:
            util.server_cleanup()


offer("run", run)
