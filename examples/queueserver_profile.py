"""A profile for bluesky-queueserver: devices of Tango and the plans that may be queued.

    TANGO_HOST=localhost:10000 start-re-manager --startup-script examples/queueserver_profile.py \
        --existing-plans-devices /tmp/plans_and_devices.yaml --update-existing-plans-devices ENVIRONMENT_OPEN
    qserver environment open
    qserver queue add plan '{"name": "scan", "args": [["peak"], "axis", 0, 1, 5]}'
    qserver queue start

It wants the devices sys/tg_test/1 (`puretango serve TangoTest test`) and sim/motor/1
(`puretango serve Motor test`).
"""

from bluesky import RunEngine
from bluesky.plans import count, rel_scan, scan  # noqa: F401 - what may be queued

from puretango.bluesky import TangoAttribute, TangoMotor

RE = RunEngine({})
peak = TangoAttribute("sys/tg_test/1/double_scalar", name="peak", patience=30)
axis = TangoMotor("sim/motor/1", name="axis", position="position", patience=30)
