"""Sardana: Pool, MacroServer and door in one server; a spock session of two dozen macros over simulated motors."""

import os
import re
import subprocess
import sys
import uuid

import pexpect
import tango
from bench import script, until

MACROS = (
    "lsm", "lsct", "lsmeas", "wa", "wm mot01", "wu", "mv mot01 1.5", "mvr mot01 0.5", "wm mot01",
    "set_lim mot01 -10 10", "settimer ct01", "ct 0.01", "defmeas first ct01 ct02", "lsmeas", "set_meas first",
    "ascan mot01 0 1 4 0.01", "dscan mot01 -1 1 2 0.01", "a2scan mot01 0 1 mot02 0 2 2 0.01",
    "mesh mot01 0 1 2 mot02 0 1 2 0.01", "senv ScanDir /tmp", "senv ScanFile none.h5", "lsenv", "usenv ScanFile",
    "lsdef .*scan", "prdef ascan", "mv mot01 99", "udefmeas first",
)  # fmt: skip
PROMPT = r"(?:In|Door_\w+) \[\d+\]: "
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|.*\r(?!\n)")
BUSY = re.compile(
    r"WARNING|INFO|Scan #|Motor positions|ETA|ended at|started at|%|^\s*$|Exiting|origin = |_ViewOptions"
)
NUMBER = re.compile(r"-?\d+\.\d+(e-?\d+)?|\d+:\d+:\d+(\.\d+)?|\d+ (mot|ct|oned|twod|zerod)")

instance = f"eco{uuid.uuid4().hex[:8]}"
server = subprocess.Popen(
    [script("Sardana"), instance],
    stdin=subprocess.PIPE,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.STDOUT,
)
server.stdin.write(b"y\n" * 4)
server.stdin.flush()
try:

    def door():
        names = list(tango.Database().get_device_exported("*door*"))
        if names:
            tango.DeviceProxy(names[0]).ping()
            return names[0]
        return None

    name = until(door, "the door opens", 90.0)
    home = os.getcwd()
    shell = pexpect.spawn(
        sys.executable,
        [script("spock"), "--simple-prompt"],
        encoding="utf-8",
        timeout=60,
        env={**os.environ, "HOME": home, "IPYTHONDIR": f"{home}/.ipython", "TERM": "dumb"},
        dimensions=(50, 200),
    )
    while True:
        found = shell.expect([PROMPT, r"y\]/n\)\? ?$", r"from the list\? ?$", pexpect.EOF])
        if found in (0, 3):
            break
        shell.sendline("y" if found == 1 else name)

    def say(line):
        shell.sendline(line)
        shell.expect(PROMPT)
        return CONTROL.sub("", shell.before).replace("\r", "").split("\n")[1:]

    until(lambda: "reates" in str(say("%lsdef sar_demo")), "the macros are known", 60.0)
    until(lambda: "DONE!" in str(say("%sar_demo")), "the demo's elements are made", 60.0)
    for macro in MACROS:
        print(f"== {macro}")
        for text in say(f"%{macro}"):
            if text.strip() and not BUSY.search(text):
                print(*NUMBER.sub("#", text).replace(instance, "INSTANCE").split())
    shell.sendline("exit()")
finally:
    server.kill()
    server.wait()
