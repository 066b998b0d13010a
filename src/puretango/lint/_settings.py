"""Settings: ``[tool.puretango.lint]`` of the nearest pyproject.toml, and the command line's."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from puretango.lint._rule import Severity, all_rules, selects

__all__ = ["PROFILES", "BadSettings", "Settings", "read_settings"]

_NAMING = tuple(f"TN{kind}0{number}" for kind in (1, 2, 3) for number in (2, 3, 4))

PROFILES: dict[str, dict[str, Severity]] = {
    "guidelines": {},
    "pytango": dict.fromkeys(_NAMING, Severity.ADVICE),
    "modern": {**dict.fromkeys(_NAMING, Severity.ADVICE), "TA033": Severity.ADVICE},
}
"""The differences of each profile from the catalogue (see docs/lint.md, "Decisions")."""


class BadSettings(ValueError):
    """Settings that are wrong; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Which rules are checked and how strictly."""

    profile: str = "guidelines"
    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    per_file: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    """Further reasons of DevFailed that the site uses."""
    vague: tuple[str, ...] = ()
    """Further names that are too vague."""
    abbreviations: tuple[str, ...] = ()
    """Short names that everybody at the site knows."""
    makers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    """Answers to the checklist, by the question's number."""
    root: Path | None = None

    def wanted(self, rule: str, path: str = "") -> bool:
        """True if findings of the rule are to be reported for that file."""
        if not any(selects(one, rule) for one in self.select):
            return False
        # The longer selector wins, as in ruff: `select TN1, ignore TN` keeps TN101.
        longest = max(
            (len(one) for one in self.select if selects(one, rule) and one != "ALL"), default=0
        )
        for one in self.ignore:
            if selects(one, rule) and len(one) >= longest:
                return False
        return not self._ignored_in(rule, path)

    def _ignored_in(self, rule: str, path: str) -> bool:
        if not path or not self.per_file:
            return False
        name = path
        if self.root is not None:
            try:
                name = Path(path).resolve().relative_to(self.root).as_posix()
            except ValueError:
                name = path
        return any(
            any(selects(one, rule) for one in ignored)
            for pattern, ignored in self.per_file.items()
            if fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(Path(path).name, pattern)
        )

    def severity_of(self, rule: str) -> Severity:
        """The catalogue's severity, unless profile or settings say otherwise."""
        return (
            self.severity.get(rule)
            or PROFILES[self.profile].get(rule)
            or all_rules()[rule].severity
        )

    def with_options(
        self,
        profile: str | None = None,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
    ) -> Settings:
        """These settings with the command line's options on top."""
        changed = self
        if profile is not None:
            changed = replace(changed, profile=_profile(profile))
        if select:
            changed = replace(changed, select=_selectors(select, "select"))
        if ignore:
            changed = replace(changed, ignore=(*changed.ignore, *_selectors(ignore, "ignore")))
        return changed


def _profile(name: Any) -> str:
    if name not in PROFILES:
        raise BadSettings(f"profile {name!r} is none of {', '.join(PROFILES)}")
    return str(name)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadSettings(f"{name} must be a list of texts")
    return tuple(value)


def _selectors(value: Sequence[str], name: str) -> tuple[str, ...]:
    for one in value:
        if one != "ALL" and not any(rule.startswith(one) for rule in all_rules()):
            raise BadSettings(f"{name}: {one!r} is not a rule, nor the beginning of one")
    return tuple(value)


_KEYS = {
    "profile",
    "select",
    "ignore",
    "per-file-ignores",
    "severity",
    "reasons",
    "vague",
    "abbreviations",
    "makers",
    "exclude",
    "checklist",
}


def read_settings(start: Path) -> Settings:
    """The settings of the nearest pyproject.toml that has any; BadSettings if they are wrong."""
    folder = start.resolve()
    if folder.is_file():
        folder = folder.parent
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            try:
                table = tomllib.loads(file.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise BadSettings(f"{file}: {error}") from None
            section = table.get("tool", {}).get("puretango", {}).get("lint")
            if section is not None:
                try:
                    return _settings(section, place)
                except BadSettings as error:
                    raise BadSettings(f"{file}: [tool.puretango.lint]: {error}") from None
    return Settings()


def _settings(section: dict[str, Any], root: Path) -> Settings:
    unknown = set(section) - _KEYS
    if unknown:
        raise BadSettings(f"{', '.join(sorted(unknown))}: no such setting")
    per_file = section.get("per-file-ignores", {})
    severities = {}
    for rule, letter in section.get("severity", {}).items():
        if rule not in all_rules():
            raise BadSettings(f"severity: {rule!r} is not a rule")
        try:
            severities[rule] = Severity(letter)
        except ValueError:
            raise BadSettings(f"severity of {rule}: E, W or I, not {letter!r}") from None
    return Settings(
        profile=_profile(section.get("profile", "guidelines")),
        select=_selectors(_texts(section.get("select", ["ALL"]), "select"), "select"),
        ignore=_selectors(_texts(section.get("ignore", []), "ignore"), "ignore"),
        per_file={
            pattern: _selectors(_texts(rules, pattern), pattern)
            for pattern, rules in per_file.items()
        },
        severity=severities,
        reasons=_texts(section.get("reasons", []), "reasons"),
        vague=_texts(section.get("vague", []), "vague"),
        abbreviations=_texts(section.get("abbreviations", []), "abbreviations"),
        makers=_texts(section.get("makers", []), "makers"),
        exclude=_texts(section.get("exclude", []), "exclude"),
        answers={str(key): str(text) for key, text in section.get("checklist", {}).items()},
        root=root,
    )
