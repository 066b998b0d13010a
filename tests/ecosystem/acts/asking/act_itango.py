"""itango in a pseudo terminal: a device found, read, and the table of devices."""

import re
import sys

import pexpect
from bench import author, define, script, serving

define("plant/one", "Plant", "lab/plant/1")
with serving("lab/plant/1", author("plant", "one")):
    shell = pexpect.spawn(
        sys.executable,
        [script("itango"), "--simple-prompt", "--no-banner"],
        encoding="utf-8",
        timeout=60,
    )
    shell.expect(r"In \[?1?\]?|ITango \d+.*\]:|>>>")
    for line, wanted in (
        ("d = DeviceProxy('lab/plant/1'); print('=', d.position, d.state())", r"= 2\.0 ON"),
        ("d.position = 4.5; print('=', d.double)", r"= 9\.0"),
        (
            "print('=', Device is not None, 'lab/plant/1' in str(get_ipython().user_ns.get('db')) or 'db')",
            r"= True",
        ),
    ):
        shell.sendline(line)
        shell.expect(wanted)
        print(re.sub(r"\s+", " ", shell.after))
    shell.sendline("exit()")
    shell.expect(pexpect.EOF)
