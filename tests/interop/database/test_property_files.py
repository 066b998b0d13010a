"""Property files between PyTango and puretango: each reads what the other wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from puretango.client import PropertyFile
from tests.interop.peers.process import require_pytango

START = 'K/x/DEVICE/K: "a/b/c"\n\na/b/c->first: 1\n'

TEXTS = [
    *("plain", "with space", "line1\nline2", 'quote"in', "back\\slash", "ends\\", "#hash", "a:b"),
    *("tab\tx", "é …", "a\rb", "a,b", "->", "\\n", "C:\\new dir\\x", "x\\\ny", 'say "hi"', "a, b"),
]

WRITING = """
import json, os, sys, tango
database = tango.Database(sys.argv[1])
texts = json.loads(sys.argv[2])
database.put_device_property("a/b/c", {f"p{n}": [text, "and", text] for n, text in enumerate(texts)})
database.put_class_property("K", {"last": ["1"]})
os._exit(0)  # PyTango's file database ends with a crash
"""

READING = """
import json, os, sys
from tango.server import Device, device_property, run
names = [f"p{n}" for n in range(int(sys.argv[2]))]
class K(Device):
    def init_device(self):
        super().init_device()
        print("FOUND", json.dumps([list(getattr(self, name)) for name in names]), flush=True)
        os._exit(0)
    vars().update({name: device_property(dtype=(str,)) for name in names})
run([K], ["K", "x", f"-file={sys.argv[1]}", "-ORBendPoint", "giop:tcp:127.0.0.1:0"])
"""

CPP_READS = [
    *("plain", "with space", "line1\nline2", 'quote"in', "#hash", "a:b", "CLASS/K->x: 1\nb"),
    *("a, b", 'say "hi"'),
]
"""Of the rest C++ Tango makes something else, or refuses the file, also where it wrote that itself."""


def test_what_pytango_wrote_comes_back(tmp_path: Path) -> None:
    require_pytango()
    path = tmp_path / "file"
    path.write_text(START)
    subprocess.run(
        [sys.executable, "-c", WRITING, str(path), json.dumps(TEXTS)], check=True, timeout=30
    )
    found = PropertyFile(path)
    assert found.servers["k/x"] == {"k": ["a/b/c"]}
    kept = found.properties["device"]["a/b/c"]
    assert [kept[f"p{n}"] for n in range(len(TEXTS))] == [[text, "and", text] for text in TEXTS]
    assert kept["first"] == ["1"]
    assert found.properties["class"]["k"] == {"last": ["1"]}


def test_a_pytango_server_reads_what_we_wrote(tmp_path: Path) -> None:
    require_pytango()
    path = tmp_path / "file"
    path.write_text(START)
    file = PropertyFile(path)
    with file.changing():
        for number, text in enumerate(CPP_READS):
            file.own_properties("device", "a/b/c")[f"p{number}"] = [text, "and", text]
    done = subprocess.run(
        [sys.executable, "-c", READING, str(path), str(len(CPP_READS))],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert lines, done.stdout + done.stderr
    assert json.loads(lines[0][6:]) == [[text, "and", text] for text in CPP_READS]
