"""tango-simlib: a weather station simulated from its Pogo file and its JSON, described and steered by commands."""

import os
import subprocess
import sys
from pathlib import Path

import tango
import tango_simlib
from bench import define, script, serving, until

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
    print(weather.state(), weather.MultiplyStringBy3("ab"))
    try:
        weather.SetTemperature(31.5)
    except tango.DevFailed as failed:  # its own fault: it gives what is no number
        print([error.reason for error in failed.args])
    weather.StopRainfall()
    until(lambda: weather.rainfall == 0.0, "the rain stops")
    weather.Off()
    print(weather.state())
