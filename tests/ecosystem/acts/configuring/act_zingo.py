"""zingo: the command line finds devices, servers, properties by patterns and reads attributes."""

import re
import subprocess

import tango
from bench import author, define, script, serving

database = define("plant/one", "Plant", "lab/plant/1", "lab/plant/2")
database.put_device_property("lab/plant/1", {"host": ["ps1"], "Limits": ["1", "2"]})


def zingo(*arguments: str) -> None:
    done = subprocess.run(
        [script("zingo"), *arguments], capture_output=True, text=True, check=False
    )
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?|pid.*", "TIME", done.stdout)
    print(arguments, done.returncode, sorted(" ".join(line.split()) for line in text.splitlines()))


with serving("lab/plant/1", author("plant", "one")):
    zingo("device", "lab/plant/.*")
    zingo("device", "-s", "plant/.*")
    zingo("class", "Pl.*")
    zingo("prop", "lab/plant/1")
    zingo("prop", "lab/plant/.*", "-p", "h.st")
    zingo("attr", "lab/plant/1", "-a", "position")
    zingo("state", "lab/plant/1")
print(tango.Database().get_device_property("lab/plant/1", "Limits"))
