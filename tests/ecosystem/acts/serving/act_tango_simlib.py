"""tango-simlib: a weather station simulated from its Pogo file and its JSON, described and steered by commands."""

import os
import subprocess
import sys
from pathlib import Path

import tango
import tango_simlib
from bench import define, script, serving

files = Path(tango_simlib.__file__).parent / "tests" / "config_files"
subprocess.run(
    [
        script("tango-simlib-generator"),
        *("--sim-data-file", str(files / "Weather.xmi")),
        *("--sim-data-file", str(files / "Weather_SimDD.json")),
        *("--directory", os.getcwd(), "--dserver-name", "weather"),
    ],
    check=True,
)
define("weather/one", "Weather", "lab/weather/1")
with serving("lab/weather/1", [sys.executable, "weather", "one"]) as weather:
    for info in sorted(weather.attribute_list_query(), key=lambda each: each.name.lower()):
        print(info.name, info.data_type, info.unit, info.label, info.min_value, info.max_value)
    print(sorted(each.cmd_name for each in weather.command_list_query()))
    print(weather.state())
    for name, argument in (
        ("SetTemperature", 31.5),
        ("MultiplyStringBy3", "ab"),
        ("StopRainfall", None),
    ):
        try:
            print(name, weather.command_inout(name, argument))
        except tango.DevFailed as failed:  # its commands are not made for today's PyTango
            print(name, [error.reason for error in failed.args])
