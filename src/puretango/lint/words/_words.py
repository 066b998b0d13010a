"""Words: how names are split, and the lists that naming rules look into."""

from __future__ import annotations

import re
from functools import cache

from puretango.lint.words._wordlist import words

__all__ = ["camel", "is_action", "is_cryptic", "split_words", "unjoined"]

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")

VAGUE_ATTRIBUTES = words(
    "read value data readvalue val param parameter attr attribute tmp temp1 x1 x2 foo bar "
    "test myattr myattribute var variable info thing stuff values datas readdata getvalue"
)
VAGUE_COMMANDS = words(
    "control do execute cmd command set get action run1 mycommand exec process handle"
)
VAGUE_PROPERTIES = words(
    "prop1 prop2 prop property param parameter parameters config configuration value "
    "myproperty param1 param2 data"
)
SHORT_BUT_KNOWN = words(
    "rf adc dac id ip x y z xpos ypos zpos phi psi chi rpm pid hv lv ac dc ph uv ir led cpu "
    "gpu ram fwhm rms dcct bpm url uri fps roi ttl ups plc xml csv mtf sp pv usb nmr emc x0 "
    "y0 z0 h2 n2 o2 he co2 h2o pt100 pt1000 hkl tth th2 kp ki kd sum min max avg std top gap "
    "arm jog off"
)
MAKERS = words(
    "ni488 bruker keithley agilent keysight tektronix siemens beckhoff pfeiffer leybold "
    "varian edwards galil newport thorlabs aerotech delta danfysik caen lecroy yokogawa omron "
    "eurotherm lakeshore hamamatsu andor dectris pilatus princeton basler prosilica oriel "
    "mclennan phytron gpib rs232 rs485 modbus profibus profinet canopen ethercat vxi11 scpi "
    "telnet"
)
"""Makers and buses: ``makers`` in the settings adds a site's own."""

_ENDINGS = words(
    "current voltage power temperature pressure position velocity speed frequency value "
    "state status count time rate mode level limit width height gain offset energy angle "
    "length number name size threshold delay period flow target setpoint point counter "
    "index factor"
)
_BEGINNINGS = words(
    "output input target actual measured requested beam motor set max min number sample "
    "water air mean total average start stop filter exposure vacuum coil magnet valve pump "
    "room"
)


def split_words(name: str) -> list[str]:
    """``output``, ``Current`` of ``outputCurrent`` or ``output_current``."""
    return _PARTS.findall(name)


@cache
def unjoined(name: str) -> str:
    """``outputCurrent`` for ``outputcurrent``: two technical words run together; else empty."""
    if not name.islower() and not name[1:].islower():
        return ""
    lowered = name.lower()
    for begin in _BEGINNINGS:
        rest = lowered.removeprefix(begin)
        if rest != lowered and rest in _ENDINGS:
            return name[: len(begin)] + rest.capitalize()
    return ""


def camel(name: str, upper: bool) -> str:
    """``outputCurrent`` (or ``OutputCurrent``) for ``output_current``."""
    parts = split_words(name.replace("-", "_"))
    if not parts:
        return name
    joined = "".join(one if one.isupper() and len(one) > 1 else one.capitalize() for one in parts)
    if upper:
        return joined
    return parts[0].lower() + joined[len(parts[0]) :]


def is_cryptic(name: str, known: frozenset[str]) -> bool:
    """True for ``OC1``, ``ActO1``, ``blk``: few letters with digits, or no vowel at all."""
    lowered = name.lower()
    if lowered in known or lowered in SHORT_BUT_KNOWN:
        return False
    letters = "".join(one for one in lowered if one.isalpha())
    if not letters:
        return True
    if len(letters) <= 3 and letters != lowered and letters not in SHORT_BUT_KNOWN:
        return True
    if len(letters) <= 5 and not any(one in "aeiouy" for one in letters):
        return letters not in SHORT_BUT_KNOWN
    parts = split_words(name)
    # ActO1: a cut word, a single letter, a number.
    return (
        len(parts) >= 3
        and parts[-1].isdigit()
        and len(parts[-2]) == 1
        and all(len(word) <= 4 for word in parts[:-2])
    )


_ACTIONS = re.compile(r"^(On|Off|Open|Close|Start|Move|Home|Acquire|Ramp|Stop|Run)")


def is_action(name: str) -> bool:
    """True for a command that does something to the equipment, by the beginning of its name."""
    return _ACTIONS.match(name) is not None
