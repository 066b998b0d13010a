"""dsconfig: a configuration written, dumped again, and nothing left to do."""

import json
import subprocess
import sys
from pathlib import Path

from bench import script

SERVERS = {
    "Plant": {
        f"p{k}": {
            "Plant": {
                f"lab/plant/{k}-{n}": {
                    "properties": {"Limits": ["1", "2"], "host": [f"ps{n}"]},
                    "attribute_properties": {"position": {"unit": ["mm"]}},
                }
                for n in range(20)
            }
        }
        for k in range(5)
    }
}
Path("config.json").write_text(json.dumps({"servers": SERVERS}))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


first = run(script("json2tango"), "-w", "-u", "config.json")
print("written", first.returncode)
dumped = run(sys.executable, "-m", "dsconfig.dump", "server:Plant/*")
found = json.loads(dumped.stdout)["servers"]["Plant"]
print("servers", sorted(found), "devices", sum(len(one["Plant"]) for one in found.values()))
device = found["p3"]["Plant"]["lab/plant/3-7"]
print(json.dumps(device, sort_keys=True))
again = run(script("json2tango"), "-u", "config.json")
print("again", again.returncode, "*** No changes needed ***" in again.stdout + again.stderr)
