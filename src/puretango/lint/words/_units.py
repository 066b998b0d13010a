"""Units: symbols that tools parse, prefixes as factors, proposals by name.

Symbols are those of UCUM and pint that control systems use; the list is closed on purpose.
"""

from __future__ import annotations

import re

from puretango.lint.words._wordlist import words

__all__ = ["is_unit", "prefix_factor", "proposed_unit", "same_unit"]

_PREFIXES = {
    "Y": 1e24,
    "Z": 1e21,
    "E": 1e18,
    "P": 1e15,
    "T": 1e12,
    "G": 1e9,
    "M": 1e6,
    "k": 1e3,
    "h": 1e2,
    "d": 1e-1,
    "c": 1e-2,
    "m": 1e-3,
    "u": 1e-6,
    "µ": 1e-6,
    "μ": 1e-6,
    "n": 1e-9,
    "p": 1e-12,
    "f": 1e-15,
}
_BASES = words(
    "m g s A K mol cd Hz N Pa J W C V F Ohm Ω S Wb T H lm lx Bq Gy Sv kat rad sr eV bar l L B "
    "Torr G Oe Ci u Da b px pixel"
)
_WHOLE = words(
    "°C °F ° ′ ″ deg arcmin arcsec min h d day week year mmHg atm psi rpm RPM % %RH ppm ppb ‰ "
    "1 count counts cts cps Hz dB dBm dBW dBV bit byte Byte kB MB GB TB KiB MiB GiB TiB step "
    "steps pulse pulses turn turns rev Å pH in ft mil degC a.u. arb. arb.unit sccm slm slpm "
    "frame frames photon photons au pt line lines event events sample samples channel "
    "channels V/V A/A ratio u/min grad gon"
)
_SAME = {
    "degc": "°C",
    "celsius": "°C",
    "c": "°C",
    "deg c": "°C",
    "degree celsius": "°C",
    "degrees celsius": "°C",
    "degree": "deg",
    "degrees": "deg",
    "volts": "V",
    "volt": "V",
    "amps": "A",
    "amp": "A",
    "ampere": "A",
    "amperes": "A",
    "milliamps": "mA",
    "watt": "W",
    "watts": "W",
    "seconds": "s",
    "second": "s",
    "sec": "s",
    "secs": "s",
    "milliseconds": "ms",
    "msec": "ms",
    "minutes": "min",
    "hours": "h",
    "hour": "h",
    "days": "d",
    "meters": "m",
    "metres": "m",
    "meter": "m",
    "millimeters": "mm",
    "millimetres": "mm",
    "millimeter": "mm",
    "microns": "um",
    "micron": "um",
    "hertz": "Hz",
    "hz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "ghz": "GHz",
    "kelvin": "K",
    "percent": "%",
    "mbars": "mbar",
    "millibar": "mbar",
    "torr": "Torr",
    "pascal": "Pa",
    "gauss": "G",
    "tesla": "T",
    "kev": "keV",
    "mev": "MeV",
    "ev": "eV",
    "ohm": "Ohm",
    "ohms": "Ohm",
    "pixels": "pixel",
    "pixel": "pixel",
    "newton": "N",
    "joule": "J",
    "radians": "rad",
    "radian": "rad",
    "angstrom": "Å",
    "angstroms": "Å",
    "bytes": "byte",
    "mv": "mV",
    "ma": "mA",
    "kv": "kV",
    "kw": "kW",
}
_PROPOSALS = {
    "temperature": "°C",
    "temp": "°C",
    "pressure": "mbar",
    "position": "mm",
    "current": "A",
    "voltage": "V",
    "power": "W",
    "frequency": "Hz",
    "time": "s",
    "delay": "s",
    "duration": "s",
    "period": "s",
    "angle": "deg",
    "speed": "mm/s",
    "velocity": "mm/s",
    "acceleration": "mm/s^2",
    "energy": "eV",
    "wavelength": "nm",
    "field": "T",
    "humidity": "%",
    "flow": "l/min",
    "ratio": "1",
    "factor": "1",
    "gain": "1",
}
_ATOM = re.compile(r"([^\d^*/.·\s()-]+)(?:\^?\(?[-+]?\d+\)?|[²³⁻¹]+|\*\*[-+]?\d+)?")


def _is_atom(text: str) -> bool:
    if text in _WHOLE or text in _BASES:
        return True
    return (text[:1] in _PREFIXES and text[1:] in _BASES) or (
        text.startswith("da") and text[2:] in _BASES
    )


def is_unit(text: str) -> bool:
    """True for units that tools can parse: ``mm/s^2``, ``°C``, ``1``, ``kW.h``."""
    stripped = text.strip()
    if stripped in _WHOLE:
        return True
    if not stripped or stripped != text:
        return False
    for part in re.split(r"[/.*·\s]+", stripped.replace("**", "^").strip("()")):
        if part in ("", "1"):
            continue
        found = _ATOM.fullmatch(part.strip("()"))
        if found is None or not _is_atom(found[1]):
            return False
    return True


def same_unit(text: str) -> str:
    """The usual symbol of a unit that is written out; empty if it is not known."""
    return _SAME.get(text.strip().lower(), "")


def prefix_factor(unit: str) -> float | None:
    """0.001 for ``mA``, 1 for ``A``; None if the factor does not depend on the prefix alone."""
    if unit in _BASES and unit not in (
        "g",
        "bar",
        "eV",
        "l",
        "L",
        "Torr",
        "G",
        "Oe",
        "Ci",
        "u",
        "b",
    ):
        return 1.0
    if unit[:1] in _PREFIXES and unit[1:] in (
        "A",
        "V",
        "W",
        "Hz",
        "Pa",
        "s",
        "m",
        "T",
        "N",
        "J",
        "F",
        "Ohm",
        "Ω",
        "H",
        "K",
        "rad",
        "S",
    ):
        return _PREFIXES[unit[0]]
    return None


def proposed_unit(words: list[str]) -> str:
    """A unit that an attribute with these words in its name may have."""
    for word in reversed(words):
        if word in _PROPOSALS:
            return _PROPOSALS[word]
    return ""
