"""An archive's configuration as a TOML file: read, plan and apply."""

from puretango.archive.settings._plan import (
    Change,
    Found,
    apply_to,
    found_attributes,
    plan,
    settings_of_device,
)
from puretango.archive.settings._rules import Configuration, Rule, hours_of, load

__all__ = [
    "Change",
    "Configuration",
    "Found",
    "Rule",
    "apply_to",
    "found_attributes",
    "hours_of",
    "load",
    "plan",
    "settings_of_device",
]
