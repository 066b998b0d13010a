"""A running device under all checks that fit it."""

from __future__ import annotations

from puretango.errors import PuretangoError
from puretango.lint._engine import lint_model, told
from puretango.lint._finding import Finding
from puretango.lint._settings import Settings
from puretango.lint.live import _checks, _sampled
from puretango.lint.live._observation import Observation, observe
from puretango.model import Place

__all__ = ["lint_device", "lint_observation"]


def lint_device(
    name: str, settings: Settings, sample: float = 0.0, timeout: float = 3.0
) -> list[Finding]:
    """The findings in a running device; a single TZ004 if it does not answer."""
    try:
        seen = observe(name, timeout, sample)
    except (PuretangoError, OSError) as error:
        first = error.args[0] if error.args else error
        text = str(getattr(first, "desc", first)).splitlines()[0]
        said = f"does not answer: {text}"
        return [Finding("TZ004", settings.severity_of("TZ004"), said, Place(name))]
    return lint_observation(seen, settings)


def lint_observation(seen: Observation, settings: Settings) -> list[Finding]:
    """The findings in the declared interface and in an observation."""
    found = lint_model(seen.model, settings)
    found += told(
        [_checks.checks, _sampled.checks], seen, settings, seen.model, None, Place(seen.name)
    )
    return sorted(dict.fromkeys(found), key=lambda one: one.key)
