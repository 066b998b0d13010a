"""pytango-db: its database server; a server registered there finds its properties and keeps a memorized value."""

import os
import socket
import subprocess
import sys

from bench import script

if len(sys.argv) == 1:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    os.environ["TANGO_HOST"] = f"127.0.0.1:{port}"
    database = subprocess.Popen(
        [script("PyDatabaseds"), "--host", "127.0.0.1", "--port", port, "2"]
    )
    try:
        subprocess.run([sys.executable, __file__, "within"], check=True)
    finally:
        database.terminate()
        database.wait(20)
else:
    from bench import author, define, serving, until

    until(lambda: __import__("tango").Database(), "the database answers")
    known = define("plant/one", "Plant", "lab/plant/1")
    known.put_device_attribute_property("lab/plant/1", {"position": {"label": ["Where"]}})
    with serving("lab/plant/1", author("plant", "one")) as plant:
        plant.position = 4.0
        until(lambda: plant.position == 4.0, "polling has the new value")
        print(plant.position, plant.get_attribute_config("position").label, plant.state())
        print(known.get_device_exported("lab/*").value_string)
