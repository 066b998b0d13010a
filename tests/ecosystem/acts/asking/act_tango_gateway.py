"""tango-gateway: a device read, written and followed by events through it; its database's answers too."""

import os
import subprocess

import tango
from bench import author, define, free_port, script, serving, until

define("plant/one", "Plant", "lab/plant/1")
with serving("lab/plant/1", author("plant", "one")):
    port = free_port()
    with open("gateway.log", "ab") as log:
        gateway = subprocess.Popen(
            [
                script("tango-gateway"),
                "-b",
                "127.0.0.1",
                "-p",
                str(port),
                "-t",
                os.environ["TANGO_HOST"],
            ],
            stdout=log,
            stderr=log,
        )
    try:

        def through():
            return tango.Database("127.0.0.1", port)

        database = until(through, "the gateway answers", 60.0)
        print(list(database.get_device_exported("lab/*")))
        proxy = tango.DeviceProxy(f"tango://127.0.0.1:{port}/lab/plant/1")
        print(proxy.state(), proxy.position, proxy.echo("hello"))
        seen = []
        number = proxy.subscribe_event(
            "position",
            tango.EventType.CHANGE_EVENT,
            lambda event: seen.append(
                event.errors[0].reason if event.err else event.attr_value.value
            ),
        )
        proxy.position = 4.5
        until(lambda: 4.5 in seen, "the event comes through")
        proxy.unsubscribe_event(number)
        print(proxy.position, 4.5 in seen)
    finally:
        gateway.terminate()
        gateway.wait(20)
