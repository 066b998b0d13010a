"""Models to start from: common equipment, with the guidelines' names and states.

Source: the guidelines' nomenclature and states table; Pogo's templates of the same names.
"""

from __future__ import annotations

from puretango.authoring.package._simulated import Busy, Template
from puretango.model import (
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    PropertyModel,
    StateModel,
)

__all__ = ["TEMPLATES", "plain_template"]

ADDRESS = PropertyModel(
    name="Address",
    data_type="DevString",
    description="Where the equipment is reached: HOST:PORT, or sim for the simulator.",
    default=("sim",),
)
RESET = CommandModel(
    name="Reset",
    description="Clear a fault and connect to the equipment again.",
)
FAULT = StateModel(name="FAULT", description="the equipment reports a fault; Reset clears it")
UNKNOWN = StateModel(
    name="UNKNOWN", description="the equipment does not answer; Reset connects again"
)


def _number(name: str, unit: str, text: str, **more: object) -> AttributeModel:
    return AttributeModel(name=name, unit=unit, description=text, format="%8.3f", **more)  # type: ignore[arg-type]  # passed on as they came


def _command(name: str, text: str, *excluded: str) -> CommandModel:
    return CommandModel(name=name, description=text, excluded_states=excluded)


def _state(name: str, text: str) -> StateModel:
    return StateModel(name=name, description=text)


POWER_SUPPLY = Template(
    ClassModel(
        name="PowerSupply",
        description="A power supply: a current is set, current and voltage are read back.",
        device_properties=(ADDRESS,),
        attributes=(
            _number("current", "A", "Current through the load.", access="READ_WRITE",
                    label="Current", min_value="0", max_value="100", max_alarm="105",
                    min_alarm="-1", memorized=True),
            _number("voltage", "V", "Voltage at the output.", label="Voltage", min_alarm="-1",
                    max_alarm="60"),
        ),
        commands=(
            _command("On", "Switch the output on.", "FAULT", "UNKNOWN"),
            _command("Off", "Switch the output off."),
            RESET,
        ),
        states=(
            _state("OFF", "the output is off"),
            _state("ON", "the output is on"),
            FAULT,
            UNKNOWN,
        ),
        transitions=(("OFF", "ON", "On"), ("ON", "OFF", "Off"), ("FAULT", "OFF", "Reset")),
    ),
    rest="OFF",
)  # fmt: skip

MOTOR = Template(
    ClassModel(
        name="Motor",
        description="An axis: a position is set, and the axis moves there.",
        device_properties=(ADDRESS,),
        attributes=(
            _number("position", "mm", "Position of the axis; writing it starts a move.",
                    access="READ_WRITE", label="Position", min_value="-100", max_value="100",
                    min_alarm="-101", max_alarm="101",
                    write_excluded_states=("MOVING", "FAULT", "UNKNOWN")),
            _number("velocity", "mm/s", "Velocity of the next moves.", access="READ_WRITE",
                    label="Velocity", min_value="0.001", max_value="50", min_alarm="0",
                    max_alarm="51", memorized=True),
            AttributeModel(name="lowerLimit", data_type="DevBoolean", label="Lower limit switch",
                           description="True while the axis is on its lower limit switch."),
            AttributeModel(name="upperLimit", data_type="DevBoolean", label="Upper limit switch",
                           description="True while the axis is on its upper limit switch."),
        ),
        commands=(
            _command("Stop", "Stop the axis."),
            CommandModel(name="DefinePosition", description="Say where the axis is now.\n"
                         "Guideline: TC301 because a set point would start a move.",
                         argin=ArgumentModel("DevDouble", "the present position in mm"),
                         excluded_states=("MOVING", "UNKNOWN")),
            RESET,
        ),
        states=(
            _state("STANDBY", "the axis is at rest"),
            _state("MOVING", "the axis is under way"),
            FAULT,
            UNKNOWN,
        ),
        transitions=(
            ("STANDBY", "MOVING", "write position"),
            ("MOVING", "STANDBY", "Stop"),
            ("FAULT", "STANDBY", "Reset"),
        ),
    ),
    rest="STANDBY",
    busy=(Busy("set_position", "MOVING", "STANDBY", 0.2),),
    ends=("stop",),
    defined={"define_position": "position"},
)  # fmt: skip

VALVE = Template(
    ClassModel(
        name="Valve",
        description="A vacuum valve.",
        device_properties=(ADDRESS,),
        attributes=(
            AttributeModel(name="openSwitch", data_type="DevBoolean", label="Open switch",
                           description="True while the switch says that the valve is open."),
            AttributeModel(name="closedSwitch", data_type="DevBoolean", label="Closed switch",
                           description="True while the switch says that the valve is closed."),
        ),
        commands=(
            _command("Open", "Open the valve.", "FAULT", "UNKNOWN"),
            _command("Close", "Close the valve.", "UNKNOWN"),
            RESET,
        ),
        states=(
            _state("CLOSE", "the valve is closed"),
            _state("OPEN", "the valve is open"),
            FAULT,
            UNKNOWN,
        ),
        transitions=(("CLOSE", "OPEN", "Open"), ("OPEN", "CLOSE", "Close"), ("FAULT", "CLOSE", "Reset")),
    ),
    rest="CLOSE",
)  # fmt: skip

GAUGE = Template(
    ClassModel(
        name="Gauge",
        description="A vacuum gauge.",
        device_properties=(ADDRESS,),
        attributes=(
            _number("pressure", "mbar", "Pressure in the vessel.", label="Pressure",
                    min_alarm="0", max_alarm="0.001"),
        ),
        commands=(
            _command("On", "Switch the filament on.", "FAULT", "UNKNOWN"),
            _command("Off", "Switch the filament off."),
            RESET,
        ),
        states=(
            _state("OFF", "the filament is off"),
            _state("ON", "the filament is on, the pressure is measured"),
            FAULT,
            UNKNOWN,
        ),
        transitions=(("OFF", "ON", "On"), ("ON", "OFF", "Off"), ("FAULT", "OFF", "Reset")),
    ),
    rest="OFF",
    values={"pressure": "2e-5"},
)  # fmt: skip

DETECTOR = Template(
    ClassModel(
        name="Detector",
        description="A detector: it counts for an exposure time, and keeps a spectrum.",
        device_properties=(ADDRESS,),
        attributes=(
            _number("exposureTime", "s", "How long the next exposure takes.", access="READ_WRITE",
                    label="Exposure time", min_value="0.001", max_value="3600", min_alarm="0",
                    max_alarm="3601", memorized=True,
                    write_excluded_states=("RUNNING", "FAULT", "UNKNOWN")),
            AttributeModel(name="counts", data_type="DevULong", unit="1", label="Counts",
                           format="%10d", description="Counts of the last exposure.",
                           min_alarm="0", max_alarm="4000000000"),
            AttributeModel(name="spectrum", data_type="DevULong", data_format="SPECTRUM",
                           max_dim_x=1024, unit="1", label="Spectrum", format="%10d",
                           description="Counts by channel of the last exposure.",
                           min_alarm="0", max_alarm="4000000000"),
        ),
        commands=(
            _command("Start", "Start an exposure.", "RUNNING", "FAULT", "UNKNOWN"),
            _command("Stop", "End the exposure; what was counted is kept."),
            RESET,
        ),
        states=(
            _state("STANDBY", "ready for an exposure"),
            _state("RUNNING", "an exposure is under way"),
            FAULT,
            UNKNOWN,
        ),
        transitions=(
            ("STANDBY", "RUNNING", "Start"),
            ("RUNNING", "STANDBY", "Stop"),
            ("FAULT", "STANDBY", "Reset"),
        ),
    ),
    rest="STANDBY",
    busy=(Busy("start", "RUNNING", "STANDBY", 0.2),),
    ends=("stop",),
    values={"counts": "1000"},
)  # fmt: skip

TEMPLATES = {
    "power-supply": POWER_SUPPLY,
    "motor": MOTOR,
    "valve": VALVE,
    "gauge": GAUGE,
    "detector": DETECTOR,
}
"""The templates, by the names that ``puretango new --template`` takes."""


def plain_template(model: ClassModel) -> Template:
    """A template for any other class: an address, a Reset and the error states are added if missing."""
    from dataclasses import replace

    properties, commands, states = model.device_properties, model.commands, model.states
    if model.device_property("Address") is None:
        properties = (*properties, ADDRESS)
    if model.command("Reset") is None:
        commands = (*commands, RESET)
    for one in (FAULT, UNKNOWN):
        if all(known.name != one.name for known in states):
            states = (*states, one)
    rest = next((one.name for one in states if one.name not in ("FAULT", "UNKNOWN", "INIT")), "")
    if not rest:
        states = (_state("ON", "the equipment answers"), *states)
        rest = "ON"
    whole = replace(model, device_properties=properties, commands=commands, states=states)
    return Template(whole, rest=rest)
