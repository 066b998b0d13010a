"""Templates: interfaces of common equipment to begin with, as class models.

They follow what Pogo's abstract classes for the same kinds of equipment offer, by the guidelines'
names.
"""

from __future__ import annotations

from dataclasses import replace

from puretango.model import (
    AttributeModel,
    ClassModel,
    CommandModel,
    Identification,
    PropertyModel,
    StateModel,
)

__all__ = ["TEMPLATES", "template"]

_HOST = PropertyModel(
    name="Host",
    data_type="DevString",
    description="Host of the equipment, such as supply1.example.org",
    default=("localhost",),
)
_RESET = CommandModel(name="Reset", description="Acknowledge a fault once its cause is mended.")


def _float(name: str, unit: str, description: str, low: float, high: float) -> AttributeModel:
    """A number that is read: alarms outside its range."""
    return AttributeModel(
        name=name,
        unit=unit,
        description=description,
        format="%7.3f",
        min_alarm=f"{low:g}",
        max_alarm=f"{high:g}",
        abs_change=f"{(high - low) / 1000:g}",
        polling_period=1000,
    )


def _set(name: str, unit: str, description: str, low: float, high: float) -> AttributeModel:
    """A number that is set and read back."""
    return replace(
        _float(name, unit, description, low, high),
        access="READ_WRITE",
        min_alarm="",
        max_alarm="",
        min_value=f"{low:g}",
        max_value=f"{high:g}",
        write_excluded_states=("FAULT", "UNKNOWN"),
    )


def _command(name: str, description: str, *excluded: str) -> CommandModel:
    return CommandModel(name=name, description=description, excluded_states=excluded)


def _states(**meanings: str) -> tuple[StateModel, ...]:
    return tuple(StateModel(name=name, description=text) for name, text in meanings.items())


_LOST = "the equipment does not answer; Status says why"
_FAILED = "the equipment tells of a failure; mend it, then Reset"

TEMPLATES: dict[str, ClassModel] = {
    "power-supply": ClassModel(
        name="PowerSupply",
        title="A power supply",
        identification=Identification(class_family="PowerSupply"),
        device_properties=(_HOST,),
        attributes=(
            _set("current", "A", "The output current: what is wanted, and what flows", 0, 100),
            _float("voltage", "V", "The voltage across the load", -1, 24),
        ),
        commands=(
            _command("On", "Switch the output on.", "FAULT", "UNKNOWN"),
            _command("Off", "Switch the output off."),
            _RESET,
        ),
        states=_states(ON="current flows", OFF="the output is off", FAULT=_FAILED, UNKNOWN=_LOST),
    ),
    "motor": ClassModel(
        name="StepperMotor",
        title="One axis",
        identification=Identification(class_family="Motion"),
        device_properties=(_HOST,),
        attributes=(
            _set("position", "mm", "Where the axis stands, and where it is to go", -1000, 1000),
            replace(
                _set("velocity", "mm/s", "How fast it moves", 0.001, 100),
                memorized=True,
                hw_memorized=False,
            ),
        ),
        commands=(
            _command("Stop", "Stop the movement."),
            _command("MoveHome", "Look for the reference.", "FAULT", "UNKNOWN"),
            _RESET,
        ),
        states=_states(
            STANDBY="the axis stands, ready to move",
            MOVING="the axis is under way",
            FAULT=_FAILED,
            UNKNOWN=_LOST,
        ),
    ),
    "valve": ClassModel(
        name="VacuumValve",
        title="A valve",
        identification=Identification(class_family="Vacuum"),
        device_properties=(_HOST,),
        attributes=(
            AttributeModel(
                name="cycleCount",
                data_type="DevULong",
                unit="count",
                description="How often the valve was opened",
                format="%d",
            ),
        ),
        commands=(
            _command("Open", "Open the valve.", "FAULT", "DISABLE", "UNKNOWN"),
            _command("Close", "Close the valve.", "UNKNOWN"),
            _RESET,
        ),
        states=_states(
            OPEN="the valve is open, by its end switch",
            CLOSE="the valve is closed, by its end switch",
            DISABLE="an interlock keeps the valve closed; Status says which",
            FAULT=_FAILED,
            UNKNOWN=_LOST,
        ),
    ),
    "gauge": ClassModel(
        name="VacuumGauge",
        title="A gauge",
        identification=Identification(class_family="Vacuum"),
        device_properties=(_HOST,),
        attributes=(
            replace(
                _float("pressure", "mbar", "The pressure at the gauge", 0, 1e-6), format="%8.2e"
            ),
        ),
        commands=(
            _command("On", "Switch the gauge on.", "FAULT", "UNKNOWN"),
            _command("Off", "Switch the gauge off."),
            _RESET,
        ),
        states=_states(
            ON="the gauge measures", OFF="the gauge is off", FAULT=_FAILED, UNKNOWN=_LOST
        ),
    ),
    "detector": ClassModel(
        name="PixelDetector",
        title="A detector",
        identification=Identification(class_family="Detectors"),
        device_properties=(_HOST,),
        attributes=(
            _set("exposureTime", "s", "How long each frame is exposed", 0.001, 3600),
            AttributeModel(
                name="frameCount",
                data_type="DevULong",
                unit="count",
                description="Frames taken since the start",
                format="%d",
            ),
            AttributeModel(
                name="image",
                data_type="DevULong",
                data_format="IMAGE",
                max_dim_x=256,
                max_dim_y=256,
                unit="count",
                description="The frame taken last",
                format="%d",
            ),
        ),
        commands=(
            _command("Start", "Start taking frames.", "FAULT", "UNKNOWN"),
            _command("Stop", "Stop taking frames."),
            _RESET,
        ),
        states=_states(
            STANDBY="ready to take frames",
            RUNNING="frames are taken",
            FAULT=_FAILED,
            UNKNOWN=_LOST,
        ),
    ),
}


def template(name: str) -> ClassModel:
    """The interface of a template; KeyError if there is none of that name."""
    return TEMPLATES[name]
